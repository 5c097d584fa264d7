/**
 * Searches as the visitor types: fetches only the results, puts them in place and highlights their booths on the plan.
 * Without this script the form does the same with a whole page.
 */

import { refreshHearts } from "/static/js/storefront/favourites.js";

const PAUSE_MS = 250;

/** @param {HTMLFormElement} form @param {HTMLElement} results */
function live(form, results) {
  let asked = query(form);
  /** @type {AbortController | undefined} */
  let running;
  /** @type {number | undefined} */
  let timer;

  async function ask() {
    const wanted = query(form);
    if (wanted === asked) return;
    asked = wanted;
    running?.abort();
    running = new AbortController();
    results.setAttribute("aria-busy", "true");
    const address = form.action + (wanted ? `?${wanted}` : "");
    try {
      const answer = await fetch(`${form.action}?${wanted}${wanted ? "&" : ""}part=results`, {
        credentials: "same-origin",
        signal: running.signal,
      });
      if (!answer.ok && answer.status !== 422) throw new Error(`answered ${answer.status}`);
      show(results, await answer.text());
      history.replaceState(null, "", address);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      asked = ""; // no network: the next letter tries again; Enter loads the whole page
    }
    results.removeAttribute("aria-busy");
  }

  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), PAUSE_MS);
  });
  form.addEventListener("change", () => void ask());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    window.clearTimeout(timer);
    void ask();
    if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
  });
  results.addEventListener("click", (event) => {
    const chip = event.target instanceof Element ? event.target.closest("[data-without]") : null;
    if (!(chip instanceof HTMLElement)) return;
    event.preventDefault();
    clear(form, chip.dataset.without ?? "");
    void ask();
    document.getElementById("search")?.focus();
  });
  for (const button of form.querySelectorAll(".filter-go")) button.setAttribute("hidden", "");
}

/** The filled-in fields as they stand in an address. @param {HTMLFormElement} form */
function query(form) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value.trim()) fields.append(name, value.trim());
  }
  return fields.toString();
}

/** @param {HTMLFormElement} form @param {string} name a field, or all of them */
function clear(form, name) {
  for (const field of form.elements) {
    const fillable = field instanceof HTMLInputElement || field instanceof HTMLSelectElement;
    if (fillable && field.type !== "hidden" && (name === "all" || field.name === name)) field.value = "";
  }
}

/** @param {HTMLElement} results @param {string} text */
function show(results, text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").body;
  results.replaceChildren(...fresh.childNodes);
  const lit = results.querySelector("[data-lit]");
  const codes = new Set(lit instanceof HTMLElement ? (lit.dataset.lit ?? "").split(" ") : []);
  for (const booth of document.querySelectorAll(".booths-plan [data-code]")) {
    booth.classList.toggle("lit", booth instanceof SVGElement && codes.has(booth.dataset.code ?? ""));
  }
  refreshHearts();
}

const form = document.querySelector("form[data-live]");
const results = document.getElementById("results");
if (form instanceof HTMLFormElement && results !== null) live(form, results);
