/** Walk-ins: one tap on the number of people makes a pass that the visitor may photograph, one more lets them in. */

import { wire } from "../dialog.js";
import { part, settings } from "../page.js";
import { newNonce, walkIn } from "../server.js";
import { troubleText } from "../trouble.js";

const { texts } = settings;

/** The nonce, kept until the server has answered, so that a second tap makes no second pass. */
let nonce = newNonce();
/** The token of the pass that is shown. */
let token = "";
let busy = false;

const message = part("walk-in-message", HTMLElement);
const name = part("walk-in-name", HTMLInputElement);

/** @param {boolean} shown */
function showPass(shown) {
  part("walk-in-form", HTMLElement).hidden = shown;
  part("walk-in-pass", HTMLElement).hidden = !shown;
}

function clear() {
  token = "";
  name.value = "";
  message.textContent = "";
  part("walk-in-qr", HTMLImageElement).removeAttribute("src");
  showPass(false);
}

/** @param {string} device its token @param {number} people */
async function register(device, people) {
  if (busy) return;
  busy = true;
  message.textContent = texts.walk_in_making;
  const called = name.value.trim();
  const outcome = await walkIn(device, { nonce, party_size: people, ...(called ? { name: called } : {}) });
  busy = false;
  if (outcome.kind === "nothing") {
    message.textContent = troubleText(outcome.fault, texts.walk_in_offline);
    return;
  }
  nonce = newNonce();
  if (outcome.kind === "problem") {
    message.textContent = outcome.detail;
    return;
  }
  const made = outcome.body;
  token = made.pass.token;
  message.textContent = "";
  part("walk-in-qr", HTMLImageElement).src = made.qr_url;
  part("walk-in-code", HTMLElement).textContent = `${made.pass.code.slice(0, 4)}-${made.pass.code.slice(4)}`;
  showPass(true);
  part("walk-in-title", HTMLElement).focus(); // not a button: a keyboard scanner's Enter must let nobody in
}

/** @param {import("../dialog.js").Hooks} hooks */
export function start(hooks) {
  const dialog = wire("walk-in", clear, hooks.closed);
  for (const button of dialog.querySelectorAll("[data-people]")) {
    button.addEventListener("click", () => {
      const device = hooks.token();
      if (device !== null) void register(device, Number(button.getAttribute("data-people")));
    });
  }
  part("walk-in-enter", HTMLButtonElement).addEventListener("click", () => {
    const text = token;
    dialog.close();
    hooks.scan(text);
  });
}
