/** Folds the navigation to its icons and remembers it; closes the header's menus by a click elsewhere or Escape. */

const root = document.documentElement;
const fold = document.querySelector("[data-fold-places]");

if (fold instanceof HTMLButtonElement) {
  const show = () => fold.setAttribute("aria-expanded", String(root.dataset.places !== "folded"));
  fold.hidden = false;
  show();
  fold.addEventListener("click", () => {
    if (root.dataset.places === "folded") {
      delete root.dataset.places;
      window.localStorage.removeItem("desk-places");
    } else {
      root.dataset.places = "folded";
      window.localStorage.setItem("desk-places", "folded");
    }
    show();
  });
}

for (const current of document.querySelectorAll('.tabs [aria-current="page"]')) {
  current.scrollIntoView({ block: "nearest", inline: "center" });
}

/** @type {NodeListOf<HTMLDetailsElement>} */
const menus = document.querySelectorAll(".menu");

document.addEventListener("click", (event) => {
  for (const menu of menus) {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});
