/** A typed code that is nobody's: passes of today whose code differs in exactly one letter, for the steward to choose from. */

import { part, settings } from "../page.js";
import { isSlip } from "../scan/verdict.js";
import { near } from "../server.js";
import * as lostPhone from "./lost_phone.js";

/** @typedef {import("../server.js").Scan} Scan */
/** @typedef {import("../server.js").Answer} Answer */

const WHOLE_CODE = /^[A-Z0-9]{8}$/;
const button = part("near-open", HTMLButtonElement);

/** The typed code of the answer that is shown. */
let typed = "";

/** A scan got this answer: may the code have a slip in it? @param {Scan} scan @param {Answer} answer */
export function offer(scan, answer) {
  typed = isSlip(answer, scan) && WHOLE_CODE.test(scan.code ?? "") ? (scan.code ?? "") : "";
  button.hidden = typed === "";
}

/** A new answer is on its way: hide the button. */
export function hide() {
  button.hidden = true;
}

/** @param {import("../dialog.js").Hooks} hooks */
export function start(hooks) {
  button.addEventListener("click", (event) => {
    event.stopPropagation(); // a tap elsewhere on the verdict closes it
    const device = hooks.token();
    if (device === null) return;
    void lostPhone.showFound(near(device, typed), { chosen: hooks.scan, none: settings.texts.near_nothing });
  });
}
