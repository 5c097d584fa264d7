/** Keyboard scanners and typed codes: what they deliver, and a field that never loses them. */

import { part } from "./page.js";

const FULL_TOKEN = 135;
const GAP_MS = 100;
const LATE_ENTER_MS = 1000;
const LONGEST = 4300;
const SHORT_CODE = /^[A-Z0-9]{8}$/;

/**
 * A delivered text as the member of a scan that it belongs to; null for nothing.
 * @param {string} text
 * @returns {{token: string} | {code: string} | null}
 */
export function read(text) {
  const compact = text.toUpperCase().replace(/[\s-]/g, "");
  if (compact === "") return null;
  return SHORT_CODE.test(compact) ? { code: compact } : { token: text.slice(0, LONGEST) };
}

/** @param {EventTarget | null} target */
function takesText(target) {
  return target instanceof HTMLInputElement && !target.disabled;
}

/**
 * Listen for a keyboard scanner. Enter ends a code; a full token also ends by a gap of 100 ms, for scanners that
 * send no Enter. Keys that arrive anywhere but in a field go to the scanner's field.
 * @param {(text: string) => void} onText also called with an empty text, for a bare Enter
 */
export function listen(onText) {
  const field = part("wedge", HTMLInputElement);
  let timer = 0;
  let gapEndedAt = -Infinity;

  function deliver() {
    clearTimeout(timer);
    const text = field.value;
    field.value = "";
    onText(text);
  }

  function endByGap() {
    gapEndedAt = performance.now();
    deliver();
  }

  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const late = field.value === "" && performance.now() - gapEndedAt < LATE_ENTER_MS;
    if (!late) deliver(); // an Enter that follows a code ended by its gap belongs to that code
  });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (field.value.trim().length >= FULL_TOKEN) timer = setTimeout(endByGap, GAP_MS);
  });
  document.addEventListener("keydown", (event) => {
    const printable = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (printable && !takesText(event.target)) field.focus({ preventScroll: true });
  });
}

/** Make the scanner's field ready again, unless somebody is in the middle of typing a code. */
export function ready() {
  const typed = part("code", HTMLInputElement);
  if (document.activeElement === typed && typed.value !== "") return;
  part("wedge", HTMLInputElement).focus({ preventScroll: true });
}
