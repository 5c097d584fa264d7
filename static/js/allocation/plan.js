/**
 * The desk's floor plan: moving between booths by arrow keys, opening a booth in the panel without leaving the page,
 * filtering while typing. Without this script every booth is a link to the same page.
 */

import { showChosen } from "./chosen.js";
import { isCarrying } from "./carried.js";
import { frame, one, reveal, revealChosen, settle, showHall, zoom } from "./zoom.js";

const DRAG_PX = 5;
const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});
const ZOOM_KEYS = /** @type {Record<string, string>} */ ({ "+": "in", "=": "in", "-": "out", 0: "reset" });

for (const hidden of document.querySelectorAll(".plan-tools, .plan-hint")) hidden.removeAttribute("hidden");

/** @returns {SVGAElement[]} */
function booths() {
  return [...document.querySelectorAll("#plan-holder svg:not(.put-away) a")].filter((link) => link instanceof SVGAElement);
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
  reveal(link);
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
/** @param {MouseEvent} event */
const isFar = (event) => Math.hypot(event.clientX - downAt[0], event.clientY - downAt[1]) > DRAG_PX;
frame.addEventListener("pointerdown", (event) => (downAt = [event.clientX, event.clientY]));
frame.addEventListener("pointermove", (event) => {
  if (event.pointerType !== "mouse" || event.buttons !== 1 || isCarrying() || !isFar(event)) return;
  frame.setPointerCapture(event.pointerId); // while it is panned, no booth is looked for or hovered over
});
frame.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!(link instanceof SVGAElement)) return;
  event.preventDefault();
  const byKeyboard = event.detail === 0;
  const dragged = !byKeyboard && isFar(event);
  if (dragged || isCarrying()) return;
  focusPanel = byKeyboard;
  open(link);
});

frame.addEventListener("keydown", (event) => {
  const link = document.activeElement;
  if (event.key in ZOOM_KEYS) zoom(ZOOM_KEYS[event.key]);
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
  for (const row of document.querySelectorAll(".plan-lists li[data-words]")) {
    row.toggleAttribute("hidden", !fits(row.getAttribute("data-words") ?? ""));
  }
  for (const link of booths()) link.classList.toggle("dim", !fits(link.querySelector("title")?.textContent ?? ""));
}

search.addEventListener("input", filter);

const colours = one("#plan-colours", HTMLFormElement);
colours.addEventListener("change", () => colours.requestSubmit());

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

/** The chosen booth and the open hall go along with what the bar's forms send. */
function carryChoice() {
  const booth = document.querySelector("#panel")?.getAttribute("data-selected") ?? "";
  const hall = document.querySelector("#plan-halls [aria-current]")?.getAttribute("data-hall") ?? "";
  for (const form of document.querySelectorAll(".plan-search, .plan-colours")) {
    for (const [name, value] of Object.entries({ booth, hall })) {
      const field = form.querySelector(`input[name=${name}]`) ?? document.createElement("input");
      if (!(field instanceof HTMLInputElement) || !(form instanceof HTMLFormElement)) continue;
      Object.assign(field, { type: "hidden", name, value, disabled: value === "" });
      form.prepend(field);
    }
  }
}

/** Prepare the panel after it has been put into the page. */
function dress() {
  for (const hidden of document.querySelectorAll("#panel .only-script, #homeless .plan-hint")) hidden.removeAttribute("hidden");
  for (const input of document.querySelectorAll("#panel [data-filters]")) {
    if (input instanceof HTMLInputElement) filterChoices(input);
  }
  rove();
  showHall();
  settle();
  filter();
  showChosen();
  carryChoice();
}

/** The address names the booth that is shown, also after an act; that of an act itself cannot be opened. @param {string} address */
function keepAddress(address) {
  if (address !== location.href && address.split("?")[0].endsWith("/plan")) window.history.pushState({}, "", address);
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
  keepAddress(/** @type {CustomEvent} */ (event).detail.xhr?.responseURL ?? "");
  dress();
  if (event.target.getAttribute("data-selected")) document.dispatchEvent(new CustomEvent("plan:opened"));
  revealChosen();
  if (focusPanel) document.getElementById("panel-title")?.focus();
  focusPanel = false;
});
document.addEventListener("plan:changed", dress);
window.addEventListener("popstate", () => window.location.reload());

dress();
