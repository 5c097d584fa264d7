/**
 * The halls of the fair as tabs over the plan: a click, Page Up and Page Down, or something that is carried and held over
 * a tab open a hall without leaving the page. Without this script a tab is a link to the same page.
 */

import { isCarrying } from "./carried.js";
import { frame, freeBooth, reveal } from "./zoom.js";

const HELD_MS = 450;
const STEPS = /** @type {Record<string, number>} */ ({ PageUp: -1, PageDown: 1 });

/** @returns {HTMLAnchorElement[]} */
function tabs() {
  return [...document.querySelectorAll("#plan-halls a")].filter((tab) => tab instanceof HTMLAnchorElement);
}

/** @param {Element} fresh @param {string} selector */
function replace(fresh, selector) {
  const [old, now] = [document.querySelector(selector), fresh.querySelector(selector)];
  if (old !== null && now !== null) old.replaceChildren(...now.childNodes);
}

/** The plan of another hall before the one that a finger or the mouse has picked something up from. @param {Element} fresh */
function layOver(fresh) {
  const holder = document.querySelector("#plan-holder");
  const now = fresh.querySelector("#plan-holder svg.plan");
  if (holder === null || now === null) return;
  // What was picked up stays in the page: a browser takes no more notice of a finger whose place is gone.
  for (const old of holder.querySelectorAll("svg.plan")) old.classList.add("put-away");
  holder.prepend(now);
}

let opening = "";

/** @param {HTMLAnchorElement} tab @param {boolean} held whether something is held by a finger or the mouse */
async function open(tab, held) {
  const address = tab.href;
  if (tab.hasAttribute("aria-current") || opening === address) return;
  opening = address;
  const answer = await fetch(address, { credentials: "same-origin" }).catch(() => undefined);
  const text = answer?.ok ? await answer.text() : "";
  if (opening !== address) return; // meanwhile another tab was chosen
  opening = "";
  if (text === "") {
    window.location.href = address;
    return;
  }
  const fresh = new DOMParser().parseFromString(text, "text/html").body;
  const focused = tabs().indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement));
  if (held) layOver(fresh);
  else replace(fresh, "#plan-holder");
  for (const selector of ["#plan-halls", "#plan-legend"]) replace(fresh, selector);
  window.history.pushState({}, "", address);
  document.dispatchEvent(new CustomEvent("plan:changed"));
  if (focused >= 0) tabs()[focused]?.focus();
}

/** The next hall, or the one before. @param {number} step */
async function turn(step) {
  const all = tabs();
  const here = all.findIndex((tab) => tab.hasAttribute("aria-current"));
  await open(all[(here + step + all.length) % all.length], false);
  const booth = freeBooth() ?? /** @type {SVGElement | null} */ (frame.querySelector("svg a"));
  booth?.focus({ preventScroll: true });
  if (booth) reveal(booth);
}

/** @param {EventTarget | null} target @returns {HTMLAnchorElement | null} */
function tabOf(target) {
  const found = target instanceof Element ? target.closest("#plan-halls a") : null;
  return found instanceof HTMLAnchorElement ? found : null;
}

document.addEventListener("click", (event) => {
  const tab = tabOf(event.target);
  if (tab === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  void open(tab, false);
});

/** @type {HTMLAnchorElement | null} */
let over = null;
let waiting = 0;

document.addEventListener("pointermove", (event) => {
  const tab = isCarrying() && event.buttons > 0 ? tabOf(document.elementFromPoint(event.clientX, event.clientY)) : null;
  if (tab === over) return;
  window.clearTimeout(waiting);
  over?.classList.remove("held-over");
  over = tab;
  if (tab === null) return;
  tab.classList.add("held-over");
  waiting = window.setTimeout(() => void open(tab, true), HELD_MS);
});
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    window.clearTimeout(waiting);
    over?.classList.remove("held-over");
    over = null;
    for (const old of document.querySelectorAll("#plan-holder .put-away")) old.remove();
  });
}

window.addEventListener(
  "keydown",
  (event) => {
    const tab = tabOf(event.target);
    const onPlan = event.target instanceof Node && frame.contains(event.target);
    if (tab !== null && (event.key === "Enter" || event.key === " ")) void open(tab, false);
    else if (event.key in STEPS && tabs().length > 1 && (onPlan || isCarrying())) void turn(STEPS[event.key]);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation(); // else it would put down what is carried
  },
  { capture: true }, // before the keys of the plan
);
