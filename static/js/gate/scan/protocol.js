/** Mask and screening, where the edition asks for them: passed unless the steward taps; sent with the scan. */

import { part, settings } from "../page.js";

/** @typedef {{mask_required?: boolean, screening_question?: string}} Asked */

export const BUTTONS = /** @type {const} */ (["mask", "screening"]);

/** @type {Asked} */
let asked = settings;

/** @param {typeof BUTTONS[number]} id */
const isPressed = (id) => part(id, HTMLButtonElement).getAttribute("aria-pressed") === "true";

/** @param {typeof BUTTONS[number]} id @param {boolean} pressed */
function press(id, pressed) {
  part(id, HTMLButtonElement).setAttribute("aria-pressed", String(pressed));
}

/** @param {typeof BUTTONS[number]} id */
export function toggle(id) {
  press(id, !isPressed(id));
}

/** The next party passes until the steward says otherwise. */
export function reset() {
  for (const id of BUTTONS) press(id, false);
}

/** Show the checks that the edition asks for now. @param {Asked} edition */
export function follow(edition) {
  asked = edition;
  part("mask", HTMLButtonElement).hidden = !edition.mask_required;
  part("screening-part", HTMLElement).hidden = !edition.screening_question;
  part("screening-question", HTMLElement).textContent = edition.screening_question ?? "";
  if (!edition.mask_required) press("mask", false);
  if (!edition.screening_question) press("screening", false);
}

/**
 * The steward's checks of the party that comes in.
 * @param {"entry" | "exit"} direction
 * @returns {{mask?: "worn" | "missing", screening?: "passed" | "failed"}}
 */
export function seen(direction) {
  if (direction === "exit") return {};
  return {
    ...(asked.mask_required ? { mask: isPressed("mask") ? "missing" : "worn" } : {}),
    ...(asked.screening_question ? { screening: isPressed("screening") ? "failed" : "passed" } : {}),
  };
}

follow(settings);
