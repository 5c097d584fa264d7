/** The exhibitors that are chosen to be carried together, and what carrying one of them takes along. */

/** @typedef {import("./carried.js").Carried} Carried */

/** What stands for an exhibitor: a booth on the plan, a line of the list of booths, a name without a booth. */
export const HANDLES = "#plan-holder [data-mark], #booth-list [data-mark], #homeless [data-exhibitor]";

/** @typedef {HTMLElement | SVGElement} Handle */

/** @param {EventTarget | null} target @returns {Handle | null} */
export function handleOf(target) {
  const found = target instanceof Element ? target.closest(HANDLES) : null;
  return found instanceof HTMLElement || found instanceof SVGElement ? found : null;
}

/** @param {Handle} handle */
function token(handle) {
  return handle.dataset.mark ?? handle.dataset.exhibitor ?? "";
}

/** @param {Handle} handle */
function name(handle) {
  return handle.dataset.name ?? handle.querySelector("span")?.textContent?.trim() ?? "";
}

/** @type {Map<string, {label: string, code: string, wishes: string[]}>} */
const chosen = new Map();

/** @param {Handle} handle */
function known(handle) {
  const place = /** @type {Handle | null} */ (handle.closest("[data-code]"));
  return { label: name(handle), code: place?.dataset.code ?? "", wishes: (handle.dataset.wishes ?? "").split(" ").filter(Boolean) };
}

/** How many are chosen. */
export const chosenOnes = () => chosen.size;

/** Choose, or choose no longer. @param {Handle} handle */
export function toggle(handle) {
  if (!chosen.delete(token(handle))) chosen.set(token(handle), known(handle));
  showChosen();
}

export function chooseNone() {
  chosen.clear();
  showChosen();
}

/** Mark the chosen, and forget those who are not on the page any more. */
export function showChosen() {
  const present = new Set();
  for (const found of document.querySelectorAll(HANDLES)) {
    const handle = handleOf(found);
    if (handle === null) continue;
    present.add(token(handle));
    handle.classList.toggle("chosen", chosen.has(token(handle)));
  }
  for (const one of [...chosen.keys()]) if (!present.has(one)) chosen.delete(one);
  document.dispatchEvent(new CustomEvent("plan:chosen"));
}

/** What is carried with this one: all the chosen if it is one of them, itself first. @param {Handle} handle @returns {Carried} */
export function carriedWith(handle) {
  const [first, own] = [token(handle), known(handle)];
  const others = chosen.has(first) ? [...chosen].filter(([other]) => other !== first) : [];
  const all = [own, ...others.map(([, one]) => one)];
  return {
    tokens: [first, ...others.map(([other]) => other)],
    label: all.map(({ label }) => label).join(", "),
    own: all.map(({ code }) => code).filter(Boolean),
    wishes: all.flatMap(({ wishes }) => wishes),
  };
}
