/** The scanner's dialogs: while one is open the camera rests. */

import { part } from "./page.js";

/** @typedef {{token: () => string | null, scan: (text: string) => void, closed: () => void}} Hooks */

export function isOpen() {
  return document.querySelector("dialog[open]") !== null;
}

/**
 * Wire a dialog to its buttons.
 * @param {string} id the dialog's; its buttons are `{id}-open` and `{id}-close`
 * @param {() => void} opened
 * @param {() => void} closed
 */
export function wire(id, opened, closed) {
  const dialog = part(id, HTMLDialogElement);
  part(`${id}-open`, HTMLButtonElement).addEventListener("click", () => {
    opened();
    dialog.showModal();
  });
  part(`${id}-close`, HTMLButtonElement).addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", closed);
  return dialog;
}
