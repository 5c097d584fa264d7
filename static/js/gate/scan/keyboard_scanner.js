/** Keyboard scanners and typed codes: reading their text, and a field that never loses it. */

import { part } from "../page.js";

const GAP_MS = 100;
const LONG_GAP_MS = 500;
const FULL_TOKEN = 135;
const TOKEN_START = "EP1";
const MACHINE_MS = 35;
const SHORTEST = 4;
const LATE_ENTER_MS = 1000;
const LONGEST = 4300;
const LONGEST_CODE = 64;
const SHORT_CODE = /^[A-Z0-9]{8}$/;
/** Prefixes that scanner hardware may add: its charset, its symbology, control characters and spaces. */
const STRAY_PREFIX = /^(?:\\[0-9]{6}|\][A-Z][0-9A-Z]|[^A-Z0-9])+/;
const ENDS = new Set(["Enter", "Tab"]);

/** A text without those prefixes, in capitals. @param {string} text */
function bare(text) {
  return text.toUpperCase().replace(/[\s-]/g, "").replace(STRAY_PREFIX, "");
}

/**
 * A delivered text as a member of a scan; null for an empty one.
 * @param {string} text
 * @returns {{token: string} | {code: string} | null}
 */
export function read(text) {
  if (text.trim() === "") return null;
  const compact = bare(text);
  return SHORT_CODE.test(compact) ? { code: compact } : { token: text.slice(0, LONGEST) };
}

/**
 * What somebody typed into the field for codes: a short code, also one with a slip in it, unless it is a whole token.
 * @param {string} text
 * @returns {{token: string} | {code: string} | null}
 */
export function readTyped(text) {
  const presented = read(text);
  if (presented === null || "code" in presented || bare(text).length >= FULL_TOKEN) return presented;
  return { code: text.trim().slice(0, LONGEST_CODE) };
}

/** @param {EventTarget | null} target */
function takesText(target) {
  return target instanceof HTMLElement && target.closest("input, textarea, select, dialog[open]") !== null;
}

/** Whether it looks like a complete code of ours, not the beginning of a longer one. @param {string} text */
function isWhole(text) {
  const presented = read(text);
  if (presented === null || "token" in presented) return bare(text).length >= FULL_TOKEN;
  return !presented.code.startsWith(TOKEN_START);
}

/**
 * Listen for a keyboard scanner. Enter or Tab ends a code. For scanners that send neither, so does a pause after keys
 * that came faster than anyone types: 100 ms after a complete code, half a second after any other text, which may go
 * on. Keys typed outside any field go to the scanner's field.
 * @param {(text: string) => void} onText also called with an empty text, for a bare Enter
 */
export function listen(onText) {
  const field = part("wedge", HTMLInputElement);
  let timer = 0;
  let gapEndedAt = -Infinity;
  let firstAt = 0;
  let before = 0;

  function deliver() {
    clearTimeout(timer);
    const text = field.value;
    field.value = "";
    before = 0;
    onText(text);
  }

  function endByGap() {
    gapEndedAt = performance.now();
    deliver();
  }

  field.addEventListener("keydown", (event) => {
    if (!ENDS.has(event.key) || (event.key === "Tab" && field.value === "")) return;
    event.preventDefault();
    const late = field.value === "" && performance.now() - gapEndedAt < LATE_ENTER_MS;
    if (!late) deliver(); // an Enter after a code that its pause has already ended belongs to that code
  });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    const length = field.value.length;
    if (before === 0) firstAt = performance.now();
    before = length;
    const byMachine = performance.now() - firstAt < MACHINE_MS * length;
    if (byMachine && length >= SHORTEST) timer = window.setTimeout(endByGap, isWhole(field.value) ? GAP_MS : LONG_GAP_MS);
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
