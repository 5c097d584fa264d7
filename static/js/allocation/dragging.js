/**
 * Dragging by mouse and by finger (after a short press): from the list to a booth, from booth to booth, and back to the
 * list. The "Pick up" button of the panel does it in two taps.
 */

import { OUT, drop, follow, isCarrying, over, pickUp, putDown } from "./carried.js";
import { carriedWith, chooseNone, handleOf, toggle } from "./chosen.js";
import { panzoom } from "./zoom.js";

const DRAG_PX = 6;
const PRESS_MS = 350;

/** @type {{handle: import("./chosen.js").Handle, x: number, y: number, id: number} | null} */
let pressed = null;
/** @type {number | undefined} */
let pressing;
let tapping = false;

/** The code of the booth at a place, ``OUT`` over the list, null elsewhere. @param {number} x @param {number} y */
function placeAt(x, y) {
  const found = document.elementFromPoint(x, y);
  const booth = found?.closest("#plan-holder [data-code]");
  if (booth instanceof SVGElement) return booth.dataset.code ?? null;
  return found?.closest("[data-out]") ? OUT : null;
}

function forget() {
  window.clearTimeout(pressing);
  pressed = null;
  panzoom.setOptions({ disablePan: false });
}

/** @param {{x: number, y: number}} at */
function lift(at) {
  if (pressed === null) return;
  panzoom.setOptions({ disablePan: true });
  pressed.handle.setPointerCapture(pressed.id); // else every booth on the way is drawn as hovered over
  pickUp(carriedWith(pressed.handle), at);
}

document.addEventListener(
  "pointerdown",
  (event) => {
    if (tapping) return;
    const handle = handleOf(event.target);
    if (handle === null || event.button !== 0 || !event.isPrimary) return;
    pressed = { handle, x: event.clientX, y: event.clientY, id: event.pointerId };
    if (event.pointerType === "touch") {
      const at = { x: event.clientX, y: event.clientY };
      pressing = window.setTimeout(() => lift(at), PRESS_MS);
    } else if (!event.ctrlKey && !event.metaKey) {
      panzoom.setOptions({ disablePan: true });
    }
  },
  { capture: true },
);

document.addEventListener("pointermove", (event) => {
  if (pressed === null || event.pointerId !== pressed.id) return;
  const far = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) >= DRAG_PX;
  if (!isCarrying()) {
    if (!far) return;
    if (event.pointerType === "touch") return forget(); // a finger that moves at once scrolls or pans
    lift({ x: event.clientX, y: event.clientY });
  }
  follow({ x: event.clientX, y: event.clientY });
  over(placeAt(event.clientX, event.clientY));
});

document.addEventListener("pointerup", (event) => {
  if (pressed === null || event.pointerId !== pressed.id) return;
  const carrying = isCarrying();
  const stayed = event.pointerType === "touch" && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < DRAG_PX;
  if (carrying) {
    window.addEventListener("click", swallow, { capture: true, once: true });
    window.setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 50);
    if (stayed) {
      drop(); // a finger that has pressed and not moved begins choosing
      toggle(pressed.handle);
    } else {
      over(placeAt(event.clientX, event.clientY));
      putDown();
      chooseNone();
    }
  }
  forget();
});

/** @param {Event} click */
function swallow(click) {
  click.preventDefault();
  click.stopPropagation();
}

document.addEventListener("pointercancel", () => {
  if (pressed !== null) drop();
  forget();
});
// A page must not scroll under a finger that carries something.
document.addEventListener("touchmove", (event) => isCarrying() && event.preventDefault(), { passive: false });
document.addEventListener("contextmenu", (event) => {
  if (handleOf(event.target) && (isCarrying() || pressed !== null)) event.preventDefault();
});
document.addEventListener("selectstart", (event) => {
  if (pressed !== null) event.preventDefault();
});
document.addEventListener("dragstart", (event) => {
  if (handleOf(event.target)) event.preventDefault();
});

document.addEventListener(
  "click",
  (event) => {
    const handle = handleOf(event.target);
    if (handle !== null && (event.ctrlKey || event.metaKey || event.shiftKey)) {
      swallow(event);
      toggle(handle);
    }
  },
  { capture: true },
);

/**
 * Without dragging: a click on a name or on "Pick up" picks up. With a mouse the next click puts down; with a finger the
 * next tap shows what would happen, and another one on the same booth does it.
 */
let tapped = "";

/** @param {Element} button */
function begin(button) {
  const mark = button.closest("[data-exhibitor]") ? "" : (button.getAttribute("data-pick") ?? "");
  const handle = handleOf(mark ? document.querySelector(`#plan-holder [data-mark="${CSS.escape(mark)}"]`) : button);
  if (handle !== null) beginTapping(handle);
}

/** Pick up with all that are chosen together with it; the next clicks or taps say where to. @param {import("./chosen.js").Handle} handle */
function beginTapping(handle) {
  [tapping, tapped] = [true, ""];
  pickUp(carriedWith(handle), null);
  document.dispatchEvent(new CustomEvent("plan:tapping"));
}

document.addEventListener(
  "click",
  (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-pick]") : null;
    if (button !== null && !event.defaultPrevented && event.detail > 0) return begin(button);
    if (!tapping || !isCarrying()) {
      tapping = false;
      return;
    }
    const code = placeAt(event.clientX, event.clientY);
    if (code === null) return;
    swallow(event);
    const touched = event instanceof PointerEvent && event.pointerType === "touch";
    if (touched && code !== tapped) {
      tapped = code;
      over(code);
      return;
    }
    over(code);
    tapping = false;
    putDown();
    chooseNone();
  },
  { capture: true },
);

document.addEventListener("plan:pick", (event) => beginTapping(/** @type {CustomEvent} */ (event).detail));

document.addEventListener("pointermove", (event) => {
  if (tapping && event.pointerType === "mouse" && isCarrying()) over(placeAt(event.clientX, event.clientY));
});
