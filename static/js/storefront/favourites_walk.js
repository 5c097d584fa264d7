/**
 * The walk past the favourites on this device. The server knows the plan and puts the booths in order; its last answer
 * is stored, so that the list is there when the hall's network is not.
 */

import { favourites, keep, refreshHearts } from "/static/js/storefront/favourites.js";
import { sayCopied, share } from "/static/js/storefront/share.js";

const LAST_KEY = "favourites-walk";
const SEEN_KEY = "favourites-seen";

/** @param {string} key @returns {string | null} */
function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} text */
function write(key, text) {
  try {
    localStorage.setItem(key, text);
  } catch {
    // The device cannot store it: the list is shown all the same.
  }
}

/** @returns {string[]} the booths that were ticked */
function seen() {
  try {
    const kept = JSON.parse(read(SEEN_KEY) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** The list as the address of a page that anybody can open. @param {string[]} kept */
function query(kept) {
  const fields = new URLSearchParams();
  for (const one of kept) {
    const split = one.indexOf(":");
    fields.append(one.slice(0, split), one.slice(split + 1));
  }
  return fields.toString();
}

/** @param {HTMLElement} walk @param {string} markup */
function show(walk, markup) {
  walk.replaceChildren(...new DOMParser().parseFromString(markup, "text/html").body.childNodes);
  dress(walk);
}

/** Wire ticks, hearts and the button. @param {HTMLElement} walk */
function dress(walk) {
  const ticked = seen();
  for (const box of walk.querySelectorAll("[data-seen]")) {
    if (!(box instanceof HTMLInputElement)) continue;
    box.checked = ticked.includes(box.dataset.seen ?? "");
    box.closest("label")?.removeAttribute("hidden");
    box.closest(".stop")?.classList.toggle("was-seen", box.checked);
  }
  walk.querySelector("[data-send]")?.removeAttribute("hidden");
  refreshHearts();
}

/** @param {HTMLElement} walk */
async function load(walk) {
  const wanted = query(favourites());
  const stale = document.querySelector("[data-stale]");
  const address = `${walk.dataset.walk}?${wanted}${wanted ? "&" : ""}part=list`;
  const answer = await fetch(address, { credentials: "same-origin" }).catch(() => undefined);
  const last = read(LAST_KEY);
  if (answer?.ok) {
    const markup = await answer.text();
    write(LAST_KEY, markup);
    show(walk, markup);
  } else if (last !== null) {
    show(walk, last);
  }
  stale?.toggleAttribute("hidden", answer?.ok === true);
}

/** @param {HTMLElement} walk @param {HTMLElement} button */
async function send(walk, button) {
  const url = new URL(`${walk.dataset.walk}?${query(favourites())}`, location.href).href;
  const done = await share(document.title, url);
  if (done === "copied") sayCopied(button);
  if (done === "neither") location.href = `https://wa.me/?text=${encodeURIComponent(url)}`;
}

/** @param {HTMLElement} walk */
function begin(walk) {
  const sent = walk.dataset.whole === "yes";
  if (sent) dress(walk);
  else void load(walk);
  document.addEventListener("favourites:changed", () => sent || void load(walk));
  window.addEventListener("online", () => sent || void load(walk));
  walk.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.dataset.seen === undefined) return;
    const others = seen().filter((one) => one !== box.dataset.seen);
    write(SEEN_KEY, JSON.stringify(box.checked ? [...others, box.dataset.seen] : others));
    dress(walk);
  });
  walk.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-send]") : null;
    if (button instanceof HTMLElement) void send(walk, button);
  });
  const shared = document.querySelector("[data-shared]");
  shared?.removeAttribute("hidden");
  shared?.querySelector("[data-save-all]")?.addEventListener("click", () => {
    const hearts = /** @type {NodeListOf<HTMLElement>} */ (walk.querySelectorAll("[data-favourite]"));
    const asked = new Set([...new URLSearchParams(location.search)].map(([kind, id]) => `${kind}:${id}`));
    const shown = [...hearts].map((heart) => heart.dataset.favourite ?? "").filter((one) => asked.has(one));
    keep([...favourites(), ...shown]);
    refreshHearts();
    shared.setAttribute("hidden", "");
  });
}

const walk = document.getElementById("walk");
if (walk !== null) begin(walk);
