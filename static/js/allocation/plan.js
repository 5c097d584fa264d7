/**
 * The desk's floor plan: zoom and pan, moving between booths by arrow keys, opening a booth in the panel without
 * leaving the page, filtering while typing. Without this script every booth is a link to the same page.
 */

import Panzoom from "/static/vendor/panzoom-4.6.2/panzoom.es.js";

const NEAR = 1.8;
const DRAG_PX = 5;
const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});

/**
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
function one(selector, type) {
  const found = document.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`the page has no ${selector}`);
  return found;
}

const frame = one(".plan-frame", HTMLElement);
const zoomed = one("#plan-zoom", HTMLElement);
const panzoom = Panzoom(zoomed, {
  maxScale: 6,
  minScale: 1,
  step: 0.4,
  contain: "outside",
  cursor: "",
  handleStartEvent: () => {}, // the default would keep a booth from getting the focus
});

frame.classList.add("zoomable");
for (const hidden of document.querySelectorAll(".plan-tools, .plan-hint")) hidden.removeAttribute("hidden");

function markNear() {
  frame.querySelector(".plan")?.classList.toggle("near", panzoom.getScale() >= NEAR);
}

zoomed.addEventListener("panzoomchange", markNear);
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

for (const button of document.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", () => ZOOMS[button.getAttribute("data-zoom") ?? ""]?.());
}

/** @returns {SVGAElement[]} */
function booths() {
  return [...document.querySelectorAll("#plan-holder a")].filter((link) => link instanceof SVGAElement);
}

/** One booth is in the tab order: the selected one, or the first; arrow keys go to the others. */
function rove() {
  const links = booths();
  const current = links.find((link) => link.hasAttribute("aria-current")) ?? links[0];
  for (const link of links) link.setAttribute("tabindex", link === current ? "0" : "-1");
}

/**
 * The nearest booth in a direction; distance to the side counts double.
 *
 * @param {SVGAElement} from
 * @param {[number, number]} direction
 * @returns {SVGAElement | undefined}
 */
function neighbour(from, [right, down]) {
  const middle = (/** @type {Element} */ link) => {
    const box = link.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const [x, y] = middle(from);
  const distances = booths().map((link) => {
    const [otherX, otherY] = middle(link);
    const along = (otherX - x) * right + (otherY - y) * down;
    const beside = Math.abs((otherX - x) * down) + Math.abs((otherY - y) * right);
    return { link, distance: along > 1 ? along + 2 * beside : Infinity };
  });
  const nearest = distances.reduce((best, other) => (other.distance < best.distance ? other : best));
  return nearest.distance < Infinity ? nearest.link : undefined;
}

/** @param {SVGAElement} link */
function focusBooth(link) {
  for (const other of booths()) other.setAttribute("tabindex", other === link ? "0" : "-1");
  link.focus({ preventScroll: true });
  const [box, window_] = [link.getBoundingClientRect(), frame.getBoundingClientRect()];
  const outside = box.left < window_.left || box.right > window_.right || box.top < window_.top || box.bottom > window_.bottom;
  if (outside && panzoom.getScale() > 1) {
    const scale = panzoom.getScale();
    const { x, y } = panzoom.getPan();
    const right = window_.x + window_.width / 2 - (box.x + box.width / 2);
    const down = window_.y + window_.height / 2 - (box.y + box.height / 2);
    panzoom.pan(x + right / scale, y + down / scale);
  } else if (outside) {
    link.scrollIntoView({ block: "nearest" });
  }
}

let focusPanel = false;

/** @param {SVGAElement} link */
function open(link) {
  const htmx = /** @type {any} */ (window).htmx;
  const address = link.href.baseVal;
  htmx.ajax("GET", address, { source: "#plan-holder", target: "#panel", select: "#panel", swap: "outerHTML show:none" });
  window.history.pushState({}, "", address);
}

let downAt = [0, 0];
frame.addEventListener("pointerdown", (event) => (downAt = [event.clientX, event.clientY]));
frame.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!(link instanceof SVGAElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const byKeyboard = event.detail === 0;
  const dragged = !byKeyboard && Math.hypot(event.clientX - downAt[0], event.clientY - downAt[1]) > DRAG_PX;
  if (dragged) return;
  focusPanel = byKeyboard;
  open(link);
});

frame.addEventListener("keydown", (event) => {
  const link = document.activeElement;
  if (event.key === "+" || event.key === "=") panzoom.zoomIn();
  else if (event.key === "-") panzoom.zoomOut();
  else if (event.key === "0") panzoom.reset();
  else if (event.key in ARROWS && link instanceof SVGAElement) {
    const next = neighbour(link, ARROWS[event.key]);
    if (next) focusBooth(next);
  } else return;
  event.preventDefault();
});

const search = one(".plan-search input[type=search]", HTMLInputElement);

/** List the exhibitors that match all words typed; on the plan the others fade. */
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (/** @type {string} */ text) => words.every((word) => text.toLowerCase().includes(word));
  for (const row of document.querySelectorAll("#booth-list li[data-words]")) {
    row.toggleAttribute("hidden", !fits(row.getAttribute("data-words") ?? ""));
  }
  for (const link of booths()) link.classList.toggle("dim", !fits(link.querySelector("title")?.textContent ?? ""));
}

search.addEventListener("input", filter);

/** @param {HTMLInputElement} input */
function filterChoices(input) {
  const select = document.getElementById(input.dataset.filters ?? "");
  if (!(select instanceof HTMLSelectElement)) return;
  const options = [...select.options];
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase();
    const found = options.filter((option) => !option.value || option.text.toLowerCase().includes(wanted));
    select.replaceChildren(...found);
    select.value = found.length === 2 ? found[1].value : "";
  });
}

/** Prepare the panel after it has been put into the page. */
function dress() {
  for (const hidden of document.querySelectorAll("#panel .only-script")) hidden.removeAttribute("hidden");
  for (const input of document.querySelectorAll("#panel [data-filters]")) {
    if (input instanceof HTMLInputElement) filterChoices(input);
  }
  rove();
  markNear();
  filter();
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (detail.xhr.status >= 400 && detail.xhr.status < 500) {
    detail.shouldSwap = true; // a refusal is a page too, with the message and the current state
    detail.isError = false;
  }
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (!(event.target instanceof Element) || event.target.id !== "panel") return;
  dress();
  if (focusPanel) document.getElementById("panel-title")?.focus();
  focusPanel = false;
});
document.addEventListener("plan:changed", dress);
window.addEventListener("popstate", () => window.location.reload());

dress();
