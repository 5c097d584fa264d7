/** On a phone the drawer beside the plan is a sheet from below of three sizes that leaves the plan in view. */

const PHONE = window.matchMedia("(max-width: 63.99rem)");
const side = document.querySelector(".drawer");
const handle = document.querySelector(".drawer-handle");
const SIZES = ["peek", "half", "full"];

/** @param {string} size */
function set(size) {
  if (!(side instanceof HTMLElement)) return;
  side.dataset.size = size;
  handle?.setAttribute("aria-expanded", String(size !== "peek"));
}

function fit() {
  side?.classList.toggle("from-below", PHONE.matches);
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
