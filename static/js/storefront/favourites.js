/**
 * Hearts: favourites stay on this device, in its local storage. The server only learns that somebody saved a product,
 * never who, and never the list.
 */

const KEY = "favourites";
const MOST = 200;

/** The saved favourites, as `produk:12` and `stan:slug`, the newest last. @returns {string[]} */
export function favourites() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string").slice(-MOST) : [];
  } catch {
    return []; // storage is switched off, or its content is not ours
  }
}

/** Store the list; false when the device cannot store it. @param {string[]} kept */
export function keep(kept) {
  try {
    localStorage.setItem(KEY, JSON.stringify([...new Set(kept)].slice(-MOST)));
    return true;
  } catch {
    return false;
  }
}

/** @param {string} one */
function tell(one) {
  const [kind, id] = one.split(":");
  if (kind !== "produk") return;
  const body = JSON.stringify({ listing_id: Number(id) });
  const headers = { "Content-Type": "application/json" };
  fetch("/api/v1/favourites", { method: "POST", headers, body, credentials: "omit", keepalive: true }).catch(() => {});
}

/** Show every heart of the page as saved or not, and the number of favourites. */
export function refreshHearts() {
  const kept = new Set(favourites());
  for (const heart of document.querySelectorAll("[data-favourite]")) {
    if (!(heart instanceof HTMLElement)) continue;
    heart.hidden = false;
    heart.setAttribute("aria-pressed", String(kept.has(heart.dataset.favourite ?? "")));
  }
  for (const count of document.querySelectorAll("[data-favourite-count]")) {
    count.textContent = kept.size ? String(kept.size) : "";
  }
}

/** @param {MouseEvent} event */
function press(event) {
  const heart = event.target instanceof Element ? event.target.closest("[data-favourite]") : null;
  if (!(heart instanceof HTMLElement)) return;
  event.preventDefault();
  const one = heart.dataset.favourite ?? "";
  const kept = favourites();
  const added = !kept.includes(one);
  if (keep(added ? [...kept, one] : kept.filter((other) => other !== one)) && added) tell(one);
  refreshHearts();
  document.dispatchEvent(new CustomEvent("favourites:changed"));
}

document.addEventListener("click", press);
window.addEventListener("storage", (event) => {
  if (event.key !== KEY && event.key !== null) return;
  refreshHearts();
  document.dispatchEvent(new CustomEvent("favourites:changed"));
});
window.addEventListener("pageshow", refreshHearts);
refreshHearts();
