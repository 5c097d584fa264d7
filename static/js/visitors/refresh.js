/** Keeps the slots fresh: asks for them every 15 seconds while the page is looked at. */

const PAUSE_MS = 15_000;

/** @param {HTMLElement} part */
async function refresh(part) {
  if (document.hidden || part.contains(document.activeElement)) return;
  const answer = await fetch(part.dataset.refresh ?? "", { credentials: "same-origin" }).catch(() => undefined);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  if (fresh.innerHTML.trim() !== part.innerHTML.trim()) part.replaceChildren(...fresh.childNodes);
}

for (const part of document.querySelectorAll("[data-refresh]")) {
  if (part instanceof HTMLElement) {
    setInterval(() => refresh(part), PAUSE_MS);
    document.addEventListener("visibilitychange", () => refresh(part));
  }
}
