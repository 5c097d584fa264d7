/**
 * The bar that says how many exhibitors are chosen and offers to move or release them together. With fingers a long
 * press begins choosing, and then a tap chooses, or no longer; by mouse Ctrl and click do it, by keyboard x.
 */

import { OUT, drop, isCarrying, over, pickUp, putDown } from "./carried.js";
import { carriedWith, chooseNone, chosenOnes, handleOf, toggle } from "./chosen.js";

const bar = document.querySelector("#choice-bar");

/** The first that is chosen and on the page stands for all of them. */
function standing() {
  return handleOf(document.querySelector("#plan-holder .chosen, #homeless .chosen"));
}

function show() {
  if (!(bar instanceof HTMLElement)) return;
  const count = chosenOnes();
  const said = bar.querySelector("[role=status]");
  if (said !== null) said.textContent = count > 0 ? (bar.dataset.words ?? "").replace("{count}", String(count)) : "";
  bar.classList.toggle("shown", count > 0);
}

const ACTS = /** @type {Record<string, (handle: import("./chosen.js").Handle) => void>} */ ({
  move: (handle) => document.dispatchEvent(new CustomEvent("plan:pick", { detail: handle })),
  release: (handle) => {
    pickUp(carriedWith(handle), null);
    over(OUT);
    putDown();
    chooseNone();
  },
  cancel: () => {
    drop();
    chooseNone();
  },
});

for (const button of bar?.querySelectorAll("[data-chosen]") ?? []) {
  button.addEventListener("click", () => {
    const handle = standing();
    if (handle !== null) ACTS[button.getAttribute("data-chosen") ?? ""]?.(handle);
  });
}

document.addEventListener(
  "click",
  (event) => {
    const handle = handleOf(event.target);
    const byFinger = event instanceof PointerEvent && event.pointerType === "touch";
    if (handle === null || !byFinger || isCarrying() || chosenOnes() === 0) return;
    event.preventDefault();
    event.stopPropagation();
    toggle(handle);
  },
  { capture: true },
);
document.addEventListener("plan:chosen", show);
show();
