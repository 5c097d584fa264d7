/** A supervisor's override of a refusal: a PIN and a reason, decided by the server. */

import { wire } from "../dialog.js";
import { part, settings } from "../page.js";
import { decideWithWord } from "../scan/decision.js";
import { newNonce } from "../server.js";
import { troubleText } from "../trouble.js";

/** @typedef {import("../server.js").Scan} Scan */
/** @typedef {import("../server.js").Answer} Answer */
/** @typedef {{token: () => string | null, decided: (scan: Scan, answer: Answer) => void, closed: () => void}} Hooks */

const { texts } = settings;
const PIN = /^[0-9]{6,12}$/;

/** The refused scan under a nonce of its own, the same until the server has answered. @type {Scan | null} */
let refused = null;
let busy = false;

const button = part("override-open", HTMLButtonElement);
const message = part("override-message", HTMLElement);
const pin = part("override-pin", HTMLInputElement);
const reason = part("override-reason", HTMLInputElement);

/** Can anybody of the party come back? Those inside cannot come in once more. @param {Answer} answer */
const someAreOut = (answer) => answer.pass !== null && answer.pass.inside < answer.pass.party_size;

/** A scan got this answer: may a supervisor overrule it? @param {Scan} scan @param {Answer} answer */
export function offer(scan, answer) {
  const allowed = scan.direction === "entry" && settings.override_codes.includes(answer.code);
  const possible = answer.verdict === "refused" && allowed && (answer.code !== "already_used" || someAreOut(answer));
  refused = possible ? { ...scan, nonce: newNonce() } : null;
  button.hidden = !possible;
}

/** A new answer is on its way: hide the button. */
export function hide() {
  button.hidden = true;
}

function clear() {
  pin.value = "";
  reason.value = "";
  message.textContent = "";
  message.classList.remove("field-error");
  part("override-about", HTMLElement).textContent = part("verdict-reason", HTMLElement).textContent;
}

/** @param {string} sentence */
function complain(sentence) {
  message.textContent = sentence;
  message.classList.add("field-error");
}

/** @param {HTMLDialogElement} dialog @param {Hooks} hooks @param {string} why */
async function send(dialog, hooks, why) {
  const token = hooks.token();
  if (token === null || refused === null || busy) return;
  if (!PIN.test(pin.value)) {
    complain(texts.override_pin_missing);
    pin.focus();
    return;
  }
  if (why === "") {
    complain(texts.override_reason_missing);
    reason.focus();
    return;
  }
  busy = true;
  message.classList.remove("field-error");
  message.textContent = texts.sending;
  const scan = { ...refused, scanned_at: new Date().toISOString() };
  const outcome = await decideWithWord(token, { ...scan, override: { pin: pin.value, reason: why } });
  busy = false;
  if (outcome.kind === "nothing") complain(troubleText(outcome.fault, texts.override_offline));
  else if (outcome.kind === "problem") {
    complain(outcome.detail);
    pin.value = "";
    pin.focus();
  } else {
    dialog.close();
    hooks.decided(scan, outcome.body);
  }
}

/** @param {Hooks} hooks */
export function start(hooks) {
  const dialog = wire("override", clear, hooks.closed);
  button.addEventListener("click", (event) => event.stopPropagation()); // a tap elsewhere on the verdict closes it
  dialog.addEventListener("close", () => {
    pin.value = "";
  });
  for (const one of dialog.querySelectorAll("[data-reason]")) {
    one.addEventListener("click", () => void send(dialog, hooks, one.getAttribute("data-reason") ?? ""));
  }
  part("override-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    void send(dialog, hooks, reason.value.trim());
  });
}
