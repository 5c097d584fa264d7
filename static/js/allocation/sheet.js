/** On a phone the panel and the lists are a sheet from below that leaves the plan in view. */

const PHONE = window.matchMedia("(max-width: 63.99rem)");
const side = document.querySelector(".plan-side");
const handle = document.querySelector(".sheet-handle");
const SIZES = ["peek", "half", "full"];

/** @param {string} size */
function set(size) {
  if (!(side instanceof HTMLElement)) return;
  side.dataset.size = size;
  handle?.setAttribute("aria-expanded", String(size !== "peek"));
}

function fit() {
  side?.classList.toggle("sheet", PHONE.matches);
  handle?.toggleAttribute("hidden", !PHONE.matches);
}

handle?.addEventListener("click", () => {
  const now = side instanceof HTMLElement ? (side.dataset.size ?? "") : "";
  set(SIZES[(SIZES.indexOf(now) + 1) % SIZES.length]);
});
PHONE.addEventListener("change", fit);
document.addEventListener("plan:opened", () => {
  set("half");
  side?.scrollTo(0, 0);
});
document.addEventListener("plan:tapping", () => set("peek"));

set(document.querySelector("#panel")?.getAttribute("data-selected") ? "half" : "peek");
fit();
