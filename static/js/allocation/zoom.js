/** Zooming and panning the plan, and keeping a booth in view. Names fit the booths anew after each zoom. */

import "../core/drawer.js"; // first: it decides how much room the plan has
import { fitNames, stopFitting } from "./names.js";
import Panzoom from "/static/vendor/panzoom-4.6.2/panzoom.es.js";

const NEAR = 1.8;
const SETTLED_MS = 120;
const PHONE_PX = 640;
const BOOTH_PX = 62;

/**
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function one(selector, type) {
  const found = document.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`the page has no ${selector}`);
  return found;
}

export const frame = one(".plan-frame", HTMLElement);
const zoomed = one("#plan-zoom", HTMLElement);
frame.classList.add("zoomable"); // before Panzoom measures: it decides how high the plan is
export const panzoom = Panzoom(zoomed, {
  maxScale: 8,
  minScale: 1,
  step: 0.4,
  contain: "outside",
  cursor: "",
  handleStartEvent: () => {}, // the default would keep a booth from getting the focus
});

/** @type {number | undefined} */
let settling;
let drawnAt = 0;

/** Fit the names for the size that the plan has now, and draw it sharp. */
export function settle() {
  frame.querySelector(".plan")?.classList.toggle("near", panzoom.getScale() >= NEAR);
  fitNames(frame);
  if (panzoom.getScale() === drawnAt) return;
  drawnAt = panzoom.getScale();
  // The picture is kept while it moves, even when it is enlarged; a frame without that has it drawn anew.
  zoomed.classList.add("redrawn");
  requestAnimationFrame(() => requestAnimationFrame(() => zoomed.classList.remove("redrawn")));
}

function onMove() {
  stopFitting();
  window.clearTimeout(settling);
  settling = window.setTimeout(settle, SETTLED_MS);
}

zoomed.addEventListener("panzoomchange", onMove);
zoomed.addEventListener("transitionend", (event) => {
  if (event.target === zoomed) onMove(); // a zoom that took longer had its names fitted on the way
});
frame.addEventListener("dragstart", (event) => event.preventDefault());
frame.addEventListener(
  "wheel",
  (event) => {
    if (event.ctrlKey || panzoom.getScale() > 1 || event.deltaY < 0) panzoom.zoomWithWheel(event);
  },
  { passive: false },
);

const ZOOMS = /** @type {Record<string, () => unknown>} */ ({
  in: () => panzoom.zoomIn(),
  out: () => panzoom.zoomOut(),
  reset: () => panzoom.reset(),
});

/** @param {string} way */
export function zoom(way) {
  ZOOMS[way]?.();
}

for (const button of document.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", () => zoom(button.getAttribute("data-zoom") ?? ""));
}

const MARGIN_PX = 12;

/**
 * How far something must go to lie between two bounds, with a margin.
 * @param {number} begin @param {number} end @param {number} low @param {number} high
 */
function way(begin, end, low, high) {
  if (begin < low + MARGIN_PX) return low + MARGIN_PX - begin;
  return Math.min(0, high - MARGIN_PX - end);
}

/** Pan just so far that a booth can be seen whole. @param {Element} booth */
export function reveal(booth) {
  const [box, view] = [booth.getBoundingClientRect(), frame.getBoundingClientRect()];
  const right = way(box.left, box.right, view.left, view.right);
  const down = way(box.top, box.bottom, view.top, view.bottom);
  if (right === 0 && down === 0) return;
  const scale = panzoom.getScale();
  const { x, y } = panzoom.getPan();
  panzoom.pan(x + right / scale, y + down / scale, { force: true });
}

/** The first wished booth that is free, else the first free one. @param {string[]} wishes @returns {SVGElement | null} */
export function freeBooth(wishes = []) {
  const wished = wishes.map((code) => frame.querySelector(`[data-code="${CSS.escape(code)}"][data-state="open"]`));
  const link = wished.find((booth) => booth)?.closest("a") ?? frame.querySelector('[data-state="open"]')?.closest("a");
  return link instanceof SVGElement ? link : null;
}

/** Bring the chosen booth into view. */
export function revealChosen() {
  const chosen = frame.querySelector("a[aria-current]");
  if (chosen !== null) reveal(chosen);
}

/** How far down the plan must go for the hall to begin at the top of the frame; 0 if all of it is in view. */
function hallBegin() {
  const floor = frame.querySelector(".floor")?.getBoundingClientRect();
  const view = frame.getBoundingClientRect();
  return floor && floor.height > view.height ? view.top + MARGIN_PX - floor.top : 0;
}

/** Begin so close that names can be read, but on a wide screen with the whole width of the hall in view. */
function begin() {
  const width = frame.querySelector("[data-testid=booth] rect")?.getBoundingClientRect().width ?? 0;
  const hall = frame.querySelector(".floor")?.getBoundingClientRect().width ?? 0;
  if (width === 0 || hall === 0 || width >= BOOTH_PX) return;
  const filling = window.innerWidth <= PHONE_PX ? Infinity : frame.clientWidth / hall;
  panzoom.zoom(Math.max(1, Math.min(BOOTH_PX / width, filling)), { animate: false });
  // Begin at the top; Panzoom knows the new size only after the next frame.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const { x, y } = panzoom.getPan();
      panzoom.pan(x, y + hallBegin() / panzoom.getScale(), { animate: false });
      revealChosen();
    }),
  );
}

/** @type {string | null} */
let hall = null;

/** Another hall begins as the page did; the same one stays as it was left. */
export function showHall() {
  const now = frame.querySelector("svg.plan")?.getAttribute("data-hall") ?? "";
  if (now === hall) return;
  const first = hall === null;
  hall = now;
  if (first) return begin();
  panzoom.reset({ animate: false });
  requestAnimationFrame(() => requestAnimationFrame(begin)); // Panzoom knows the new size only then
}

showHall();
let unzoomed = 0;

/** The plan fits into its frame at first; when the frame changes, the booths keep the size at which they are read. */
function keepSize() {
  const plan = frame.querySelector("svg.plan");
  const scale = panzoom.getScale();
  const now = plan instanceof SVGSVGElement ? (plan.getScreenCTM()?.a ?? 0) / scale : 0;
  if (unzoomed > 0 && now > 0 && scale > 1) panzoom.zoom((scale * unzoomed) / now, { animate: false });
  unzoomed = now;
}

new ResizeObserver(() => {
  keepSize();
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      settle();
      revealChosen();
    }),
  ); // Panzoom writes the new size in the next frame
}).observe(frame);
