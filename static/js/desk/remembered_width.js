/**
 * Whether the navigation shows icons alone, as it was left in this browser. Runs before the page is drawn, so that
 * nothing jumps.
 */

if (window.localStorage.getItem("desk-places") === "folded") {
  document.documentElement.dataset.places = "folded";
}
