/** A supervisor corrects an earlier entry or exit: it did not happen, or with other people. The server writes both down. */

import * as clock from "../clock.js";
import { wire } from "../dialog.js";
import * as sync from "../offline/sync.js";
import { fill, part, settings, timeText } from "../page.js";
import { correct, lastFault, movements, newNonce } from "../server.js";
import { troubleText } from "../trouble.js";

/** @typedef {import("../server.js").MovementAtGate} MovementAtGate */
/** @typedef {{token: () => string | null, counted: (count: import("../server.js").Count) => void, closed: () => void}} Hooks */

const { texts } = settings;
const PIN = /^[0-9]{6,12}$/;
const LARGEST_PARTY = 10;

const list = part("correction-list", HTMLUListElement);
const form = part("correction-form", HTMLFormElement);
const numbers = part("correction-numbers", HTMLElement);
const message = part("correction-message", HTMLElement);
const pin = part("correction-pin", HTMLInputElement);
const reason = part("correction-reason", HTMLInputElement);

/** @type {MovementAtGate | null} */
let wrong = null;
/** How many people it really were. @type {number | null} */
let people = null;
/** The nonce, kept until the server has answered, so that a second tap corrects nothing twice. */
let nonce = newNonce();
let busy = false;

function clear() {
  wrong = null;
  people = null;
  pin.value = "";
  reason.value = "";
  form.hidden = true;
  list.replaceChildren();
}

/** @param {MovementAtGate} movement */
function sentence(movement) {
  const text = movement.direction === "entry" ? texts.movement_entry : texts.movement_exit;
  const now = new Date(clock.now());
  return fill(text, { time: timeText(new Date(movement.at), now), people: movement.people, code: movement.code ?? "?" });
}

/** @param {string} text @param {() => void} tapped */
function button(text, tapped) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "secondary";
  made.textContent = text;
  made.addEventListener("click", tapped);
  return made;
}

/** @param {number} number */
function choose(number) {
  people = number;
  for (const one of numbers.children) one.setAttribute("aria-pressed", String(one.textContent === String(number)));
}

/** @param {MovementAtGate} movement */
function ask(movement) {
  wrong = movement;
  nonce = newNonce();
  message.textContent = sentence(movement);
  list.replaceChildren();
  const most = movement.party_size ?? LARGEST_PARTY;
  const possible = Array.from({ length: most + 1 }, (_, number) => number).filter((number) => number !== movement.people);
  numbers.replaceChildren(...possible.map((number) => button(String(number), () => choose(number))));
  people = null;
  form.hidden = false;
}

/** @param {string} device its token */
async function show(device) {
  message.textContent = texts.searching;
  const sent = await sync.flush(device).catch(() => "stopped"); // so that what waits in the device is listed, too
  const outcome = await movements(device);
  if (outcome.kind !== "answer") {
    const fault = outcome.kind === "nothing" ? (outcome.fault ?? (sent === "stopped" ? lastFault() : null)) : null;
    message.textContent = outcome.kind === "problem" ? outcome.detail : troubleText(fault, texts.correction_offline);
    return;
  }
  const found = outcome.body.movements;
  message.textContent = found.length > 0 ? texts.correction_choose : texts.correction_nothing;
  list.replaceChildren(
    ...found.map((movement) => {
      const item = document.createElement("li");
      item.append(button(sentence(movement), () => ask(movement)));
      return item;
    }),
  );
}

/** @param {Hooks} hooks @param {HTMLDialogElement} dialog */
async function send(hooks, dialog) {
  const device = hooks.token();
  if (device === null || wrong === null || busy) return;
  if (people === null) message.textContent = texts.correction_number_missing;
  else if (!PIN.test(pin.value)) message.textContent = texts.override_pin_missing;
  else if (reason.value.trim() === "") message.textContent = texts.override_reason_missing;
  else {
    busy = true;
    message.textContent = texts.sending;
    const said = { nonce, scan_id: wrong.scan_id, people, pin: pin.value, reason: reason.value.trim() };
    const outcome = await correct(device, said);
    busy = false;
    if (outcome.kind === "answer") {
      hooks.counted(outcome.body.occupancy);
      part("undo-message", HTMLElement).textContent = texts.corrected;
      void sync.turn();
      dialog.close();
      return;
    }
    pin.value = "";
    message.textContent =
      outcome.kind === "problem" ? outcome.detail : troubleText(outcome.fault, texts.correction_offline);
  }
}

/** @param {Hooks} hooks */
export function start(hooks) {
  /** @type {HTMLDialogElement} */
  const dialog = wire(
    "correction",
    () => {
      clear();
      const device = hooks.token();
      if (device !== null) void show(device);
    },
    hooks.closed,
  );
  dialog.addEventListener("close", clear);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(hooks, dialog);
  });
}
