/**
 * The plan by keyboard: Space picks up the exhibitor of the booth, or of the line, that has the focus; arrows go on and
 * show what would happen; Space or Enter puts down, Delete takes off the plan, Escape lets go. x chooses several.
 */

import { OUT, drop, isCarrying, over, pickUp, putDown } from "./carried.js";
import { carriedWith, chooseNone, handleOf, toggle } from "./chosen.js";
import { stepBack } from "./sending.js";
import { frame, freeBooth, reveal } from "./zoom.js";

function focusedBooth() {
  const booth = document.activeElement?.querySelector("[data-code]");
  return booth instanceof SVGElement ? booth : null;
}

function focusedHandle() {
  const booth = focusedBooth();
  const first = booth?.querySelector("[data-mark]") ?? null; // of several by days; the list has each of them
  return handleOf(document.activeElement) ?? handleOf(booth) ?? handleOf(first);
}

/** To the plan, where what was picked up may go. @param {string[]} wishes */
function toPlan(wishes) {
  const link = freeBooth(wishes);
  if (link === null) return;
  link.focus({ preventScroll: true });
  reveal(link);
}

/** @param {string} key @returns {boolean} whether the key did something */
function carry(key) {
  switch (key) {
    case "Escape":
      drop();
      return true;
    case "Delete":
    case "Backspace":
      over(OUT);
      return true;
    case "Enter":
    case " ":
      putDown();
      chooseNone();
      return true;
    default:
      return false;
  }
}

/** @param {string} key @returns {boolean} */
function begin(key) {
  const handle = focusedHandle();
  if (key === "Escape") {
    chooseNone();
    return false;
  }
  if (handle === null) return false;
  const fromList = handle.dataset.exhibitor !== undefined;
  if (key === " " || (key === "Enter" && fromList)) {
    const carried = carriedWith(handle);
    pickUp(carried, null);
    if (handle instanceof HTMLElement) toPlan(carried.wishes);
    return true;
  }
  if (key === "x") {
    toggle(handle);
    return true;
  }
  if (key === "Delete") {
    pickUp(carriedWith(handle), null);
    over(OUT);
    return true;
  }
  return false;
}

document.addEventListener(
  "keydown",
  (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, select, textarea, [contenteditable]");
    if (typing) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
      stepBack(event.shiftKey ? "redo" : "undo");
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isCarrying() ? carry(event.key) : begin(event.key)) {
      event.preventDefault();
      event.stopPropagation();
    }
  },
  { capture: true },
);

frame.addEventListener("focusin", () => {
  const booth = focusedBooth();
  if (isCarrying() && booth !== null) over(booth.dataset.code ?? null);
});
