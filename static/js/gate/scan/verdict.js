/** The answer that fills the screen: colour, word, icon, sound, and one sentence to read out. */

import { badgeReason } from "../offline/badge.js";
import { fill, part, settings, timeText } from "../page.js";
import { troubleText } from "../trouble.js";
import { play } from "./sound.js";
import { say } from "./voice.js";

/** @typedef {import("../server.js").Answer} Answer */
/** @typedef {import("../server.js").Scan} Scan */
/** @typedef {import("../memory.js").Direction} Direction */
/** @typedef {import("./sound.js").Tone} Tone */

const LOOK_AGAIN = new Set(["repeat_scan", "bad_signature", "venue_full", "party_exceeded"]);
const ACCEPTED_MS = 2500;
const CODE_LENGTH = 8;
const SECOND_MS = 1000;

const screen = part("verdict", HTMLElement);
let timer = 0;
let onClose = () => {};

/** A typed code that is nobody's: a slip of the hand, not a forged pass. @param {Answer} answer @param {Scan} scan */
export function isSlip(answer, scan) {
  return answer.code === "unknown" && scan.code !== undefined;
}

/** @param {Answer} answer @param {Scan} scan @returns {Tone} */
export function toneOf(answer, scan) {
  if (answer.verdict === "accepted") return "accepted";
  if (isSlip(answer, scan)) return "look";
  return LOOK_AGAIN.has(answer.code) ? "look" : "refused";
}

/** @param {Answer} answer */
export function countedText(answer) {
  if (!answer.pass) return "";
  const { admitted, inside, party_size: party } = answer.pass;
  return fill(settings.texts.people_counted, { admitted: answer.returned ? inside : admitted, party });
}

/** @param {{exhibitor: string, booth: string | null}} badge */
function boothOf(badge) {
  return { exhibitor: badge.exhibitor, booth: badge.booth ?? "" };
}

/** A short code as the pass shows it. @param {string} code */
function grouped(code) {
  return code.length === CODE_LENGTH ? `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}` : code;
}

/** Which of the steward's checks failed. @param {Scan} scan */
function checksText({ mask, screening }) {
  const { texts, reasons } = settings;
  const failed = [mask === "missing" ? texts.mask_missing : "", screening === "failed" ? texts.screening_failed : ""];
  return failed.filter(Boolean).join(" ") || reasons.protocol_refused;
}

/** When they went out, where the answer says it. @param {Answer} answer @returns {{left_at?: string}} */
function leftAt(answer) {
  const now = new Date(answer.server_at);
  return answer.left_at ? { left_at: timeText(new Date(answer.left_at), now) } : {};
}

/** Whether those of the pass who have left may come in again. @param {Answer} answer */
function mayReturn(answer) {
  return settings.reentry === "within_session" || (answer.returned ?? 0) > 0;
}

/** @param {Answer} answer @param {Direction} direction */
function movedText(answer, direction) {
  const { texts } = settings;
  if (direction === "exit") return texts.people_left;
  if (!answer.returned || !answer.left_at) return texts.people_entered;
  return answer.returned === answer.people ? texts.people_back : texts.people_back_part;
}

/** Why a pass that was used is refused: those inside may have gone out unseen; those who went out may not come back. @param {Answer} answer */
function usedText(answer) {
  const { reasons, reasons_alone: alone, reasons_return: about, reentry = "within_session" } = settings;
  if (answer.left_at && reentry !== "within_session") return about[reentry];
  const unseen = reentry !== "never" && (answer.pass?.inside ?? 0) > 0;
  if (answer.earlier) return unseen ? about.inside : reasons.already_used;
  return unseen ? about.inside_alone : alone.already_used;
}

/**
 * The reason in one sentence.
 * @param {Answer} answer
 * @param {Scan} scan
 */
function reasonText(answer, scan) {
  const { direction } = scan;
  if (isSlip(answer, scan)) return fill(settings.texts.code_unknown, { code: grouped(scan.code ?? "") });
  if (answer.code === "protocol_refused") return checksText(scan);
  if (answer.verdict === "accepted") {
    if (answer.badge) return fill(settings.texts[answer.badge.exhibitor ? "badge_of" : "badge_new"], boothOf(answer.badge));
    return fill(movedText(answer, direction), { people: answer.people, ...leftAt(answer), returned: answer.returned ?? 0 });
  }
  const now = new Date(answer.server_at);
  /** @type {Record<string, string | number>} */
  const values = { now: timeText(now, now), ...answer.occupancy, ...leftAt(answer) };
  if (answer.slot) {
    values.starts = timeText(new Date(answer.slot.starts_at), now);
    values.ends = timeText(new Date(answer.slot.ends_at), now);
  }
  if (answer.pass) {
    const { party_size: party, admitted, inside } = answer.pass;
    values.party = party;
    values.left = direction === "entry" ? party - (mayReturn(answer) ? inside : admitted) : inside;
  }
  if (answer.earlier) {
    const at = new Date(answer.earlier.at);
    values.gate = answer.earlier.gate;
    values.time = timeText(at, now);
    values.seconds = Math.max(1, Math.round((now.getTime() - at.getTime()) / SECOND_MS));
  }
  if (answer.reopens_at) {
    return fill(settings.texts.disinfected_until, { until: timeText(new Date(answer.reopens_at), now) });
  }
  if (answer.badge) {
    const sentence = settings.reasons_badge[badgeReason(answer)];
    if (sentence !== undefined) return fill(sentence, { ...values, ...boothOf(answer.badge) });
  }
  if (answer.code === "already_used") return fill(usedText(answer), values);
  const alone = answer.offline && !answer.earlier ? settings.reasons_alone[answer.code] : undefined;
  return fill(alone ?? settings.reasons[answer.code] ?? answer.code, values);
}

/**
 * @param {{verdict: string, code: string, tone: Tone, word: string, reason: string, people?: string, alone?: string, rehearsal?: boolean}} content
 * @param {() => void} closed
 */
function open(content, closed) {
  clearTimeout(timer);
  part("verdict-word", HTMLElement).textContent = content.word;
  part("verdict-people", HTMLElement).textContent = content.people ?? "";
  part("verdict-reason", HTMLElement).textContent = content.reason;
  part("verdict-alone", HTMLElement).textContent = content.alone ?? "";
  screen.dataset.tone = content.tone;
  screen.dataset.verdict = content.verdict;
  screen.dataset.code = content.code;
  part("verdict-rehearsal", HTMLElement).hidden = content.rehearsal !== true;
  screen.hidden = false;
  onClose = closed;
  play(content.tone);
  say([content.word, content.people ?? "", content.reason].filter(Boolean).join(". "));
}

/**
 * Show an answer, the server's or our own; an accepted one closes by itself.
 * @param {Answer} answer
 * @param {Scan} scan
 * @param {() => void} closed
 */
export function show(answer, scan, closed) {
  const { direction } = scan;
  const tone = toneOf(answer, scan);
  const { words } = settings;
  const refused = direction === "entry" ? words.refused : words.refused_exit;
  const party = (answer.pass?.party_size ?? 1) > 1;
  open(
    {
      verdict: answer.verdict,
      code: answer.code,
      tone,
      word: { accepted: words[direction], refused, look: words.look }[tone],
      reason: reasonText(answer, scan),
      people: party && direction === "entry" ? countedText(answer) : "",
      rehearsal: answer.rehearsal === true,
      alone: answer.offline === true ? troubleText(answer.fault, settings.texts.decided_alone) : "",
    },
    closed,
  );
  if (tone === "accepted") timer = setTimeout(close, ACCEPTED_MS);
}

/**
 * Show that no verdict came back.
 * @param {"no_answer" | "not_understood"} code
 * @param {string} reason
 * @param {() => void} closed
 * @param {string} [word] the key of the big word
 */
export function showTrouble(code, reason, closed, word = code) {
  open({ verdict: "", code, tone: "look", word: settings.words[word] ?? settings.words.look, reason }, closed);
}

export function isOpen() {
  return !screen.hidden;
}

/** The code of the answer that is shown, or nothing. */
export function shownCode() {
  return screen.hidden ? "" : (screen.dataset.code ?? "");
}

export function close() {
  if (screen.hidden) return;
  clearTimeout(timer);
  screen.hidden = true;
  screen.dataset.verdict = "";
  screen.dataset.code = "";
  onClose();
}
