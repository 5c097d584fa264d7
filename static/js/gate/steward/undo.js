/** Undoing the last scan, for five minutes, by the server; decisions waiting in the device are sent first. */

import { transaction } from "../offline/database.js";
import * as sync from "../offline/sync.js";
import { fill, part, settings } from "../page.js";
import { lastFault, newNonce, undo } from "../server.js";
import { troubleText } from "../trouble.js";

/** @typedef {import("../server.js").Scan} Scan */
/** @typedef {import("../server.js").Answer} Answer */
/** @typedef {{token: () => string | null, counted: (count: import("../server.js").Count) => void, closed: () => void}} Hooks */

const WINDOW_MS = 5 * 60 * 1000;
const { texts } = settings;

/** @type {{undoes: string, nonce: string} | null} */
let last = null;
let timer = 0;
let busy = false;

const buttons = ["undo-last", "verdict-undo"].map((id) => part(id, HTMLButtonElement));

/** @param {boolean} possible */
function show(possible) {
  for (const button of buttons) button.hidden = !possible;
}

/** @param {string} sentence */
function tell(sentence) {
  part("undo-message", HTMLElement).textContent = sentence;
}

/** Nothing is left to undo. */
function end() {
  clearTimeout(timer);
  last = null;
  show(false);
}

/** A new answer is on its way: the button must not mean the scan before it. */
export function hideOnVerdict() {
  part("verdict-undo", HTMLButtonElement).hidden = true;
}

/** A scan got this answer: offer to undo it, if anybody moved. @param {Scan} scan @param {Answer} answer */
export function offer(scan, answer) {
  tell("");
  hideOnVerdict();
  if (answer.verdict !== "accepted") return;
  end();
  last = { undoes: scan.nonce, nonce: newNonce() };
  show(true);
  timer = setTimeout(end, WINDOW_MS);
}

/** @param {string} nonce */
function forget(nonce) {
  return transaction("readwrite", async (store) => void store("movements").delete(nonce));
}

/** @param {Hooks} hooks */
async function takeBack(hooks) {
  const token = hooks.token();
  const wanted = last;
  if (token === null || wanted === null || busy) return;
  busy = true;
  tell(texts.undoing);
  const sent = await sync.flush(token).catch(() => "stopped");
  /** @type {import("../server.js").Outcome<Answer>} */
  const outcome = sent === "stopped" ? { kind: "nothing", fault: lastFault() ?? undefined } : await undo(token, wanted.nonce, wanted.undoes);
  busy = false;
  if (outcome.kind === "nothing") {
    tell(troubleText(outcome.fault, texts.undo_offline));
    return;
  }
  if (last === wanted) end();
  if (outcome.kind === "problem") {
    tell(outcome.detail);
    return;
  }
  tell(fill(texts.undone, { people: outcome.body.people }));
  hooks.counted(outcome.body.occupancy);
  await forget(wanted.undoes).catch(() => {});
  void sync.turn();
}

/** @param {Hooks} hooks */
export function start(hooks) {
  for (const button of buttons) {
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      hooks.closed();
      void takeBack(hooks);
    });
  }
}
