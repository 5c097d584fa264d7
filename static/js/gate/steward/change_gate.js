/** Changing the gate on the device itself: one tap on the gate where it is now. */

import { wire } from "../dialog.js";
import * as sync from "../offline/sync.js";
import { part, settings } from "../page.js";
import { changeGate, gates, lastFault } from "../server.js";
import { troubleText } from "../trouble.js";

/** @typedef {import("../server.js").Gate} Gate */
/** @typedef {{token: () => string | null, here: () => string, changed: (gate: Gate) => void, closed: () => void}} Hooks */

const { texts } = settings;
const list = part("gates-list", HTMLElement);
const message = part("gates-message", HTMLElement);

/** @param {{kind: "problem", detail: string} | import("../server.js").Nothing} outcome */
function complain(outcome) {
  message.textContent = outcome.kind === "problem" ? outcome.detail : troubleText(outcome.fault, texts.gates_offline);
}

/** @param {Gate} gate @param {boolean} here @param {() => void} chosen */
function line(gate, here, chosen) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = `${gate.code} · ${gate.name}`;
  button.setAttribute("aria-pressed", String(here));
  button.classList.toggle("secondary", !here);
  button.addEventListener("click", chosen);
  return button;
}

/** @param {Hooks} hooks @param {HTMLDialogElement} dialog */
async function show(hooks, dialog) {
  const token = hooks.token();
  if (token === null) return;
  const outcome = await gates(token);
  if (outcome.kind !== "answer") {
    complain(outcome);
    return;
  }
  message.textContent = "";
  /** @param {Gate} gate */
  const choose = async (gate) => {
    // Decisions at the old gate are counted there, so they are sent first.
    const sent = await sync.flush(token).catch(() => "stopped");
    const changed = sent === "stopped" ? /** @type {const} */ ({ kind: "nothing", fault: lastFault() ?? undefined }) : await changeGate(token, gate.code);
    if (changed.kind !== "answer") {
      complain(changed);
      return;
    }
    hooks.changed(changed.body.gate);
    dialog.close();
    void sync.turn();
  };
  list.replaceChildren(...outcome.body.gates.map((gate) => line(gate, gate.code === hooks.here(), () => choose(gate))));
}

/** @param {Hooks} hooks */
export function start(hooks) {
  /** @type {HTMLDialogElement} */
  const dialog = wire(
    "gates",
    () => {
      list.replaceChildren();
      message.textContent = texts.sending;
      void show(hooks, dialog);
    },
    hooks.closed,
  );
}
