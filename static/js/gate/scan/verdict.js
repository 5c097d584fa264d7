/** The answer that fills the screen: colour, word, icon, sound, and one sentence to read out. */

import { badgeReason } from "../offline/badge.js";
import { fill, part, settings, timeText } from "../page.js";
import { play } from "./sound.js";

/** @typedef {import("../server.js").Answer} Answer */
/** @typedef {import("../memory.js").Direction} Direction */
/** @typedef {import("./sound.js").Tone} Tone */

const LOOK_AGAIN = new Set(["repeat_scan", "bad_signature", "venue_full", "party_exceeded"]);
const ACCEPTED_MS = 2500;
const SECOND_MS = 1000;

const screen = part("verdict", HTMLElement);
let timer = 0;
let onClose = () => {};

/** @param {Answer} answer @returns {Tone} */
export function toneOf(answer) {
  if (answer.verdict === "accepted") return "accepted";
  return LOOK_AGAIN.has(answer.code) ? "look" : "refused";
}

/** @param {Answer} answer */
export function countedText(answer) {
  return answer.pass
    ? fill(settings.texts.people_counted, { admitted: answer.pass.admitted, party: answer.pass.party_size })
    : "";
}

/** @param {{exhibitor: string, booth: string | null}} badge */
function boothOf(badge) {
  return { exhibitor: badge.exhibitor, booth: badge.booth ?? "" };
}

/**
 * The reason in one sentence.
 * @param {Answer} answer
 * @param {Direction} direction
 */
function reasonText(answer, direction) {
  if (answer.verdict === "accepted") {
    if (answer.badge) return fill(settings.texts[answer.badge.exhibitor ? "badge_of" : "badge_new"], boothOf(answer.badge));
    const sentence = direction === "entry" ? settings.texts.people_entered : settings.texts.people_left;
    return fill(sentence, { people: answer.people });
  }
  const now = new Date(answer.server_at);
  /** @type {Record<string, string | number>} */
  const values = { now: timeText(now, now), ...answer.occupancy };
  if (answer.slot) {
    values.starts = timeText(new Date(answer.slot.starts_at), now);
    values.ends = timeText(new Date(answer.slot.ends_at), now);
  }
  if (answer.pass) {
    const { party_size: party, admitted, inside } = answer.pass;
    values.party = party;
    values.left = direction === "entry" ? party - admitted : inside;
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
  const alone = answer.offline && !answer.earlier ? settings.reasons_alone[answer.code] : undefined;
  return fill(alone ?? settings.reasons[answer.code] ?? answer.code, values);
}

/**
 * @param {{verdict: string, code: string, tone: Tone, word: string, reason: string, people?: string, alone?: boolean}} content
 * @param {() => void} closed
 */
function open(content, closed) {
  clearTimeout(timer);
  part("verdict-word", HTMLElement).textContent = content.word;
  part("verdict-people", HTMLElement).textContent = content.people ?? "";
  part("verdict-reason", HTMLElement).textContent = content.reason;
  part("verdict-alone", HTMLElement).hidden = !content.alone;
  screen.dataset.tone = content.tone;
  screen.dataset.verdict = content.verdict;
  screen.dataset.code = content.code;
  screen.hidden = false;
  onClose = closed;
  play(content.tone);
}

/**
 * Show an answer, the server's or our own; an accepted one closes by itself.
 * @param {Answer} answer
 * @param {Direction} direction
 * @param {() => void} closed
 */
export function show(answer, direction, closed) {
  const tone = toneOf(answer);
  const { words } = settings;
  const refused = direction === "entry" ? words.refused : words.refused_exit;
  const party = (answer.pass?.party_size ?? 1) > 1;
  open(
    {
      verdict: answer.verdict,
      code: answer.code,
      tone,
      word: { accepted: words[direction], refused, look: words.look }[tone],
      reason: reasonText(answer, direction),
      people: party && direction === "entry" ? countedText(answer) : "",
      alone: answer.offline === true,
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
 */
export function showTrouble(code, reason, closed) {
  open({ verdict: "", code, tone: "look", word: settings.words[code] ?? settings.words.look, reason }, closed);
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
