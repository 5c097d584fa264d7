/** Shows how a job goes on: fetches the changing part of the page again until it is done. */

const AGAIN_MS = 1500;

const part = /** @type {HTMLElement} */ (document.querySelector("[data-import]"));

function going() {
  return part.querySelector("[data-going]") !== null;
}

async function refresh() {
  try {
    const answer = await fetch(window.location.href, { headers: { "HX-Request": "true" } });
    if (answer.ok && !answer.redirected) {
      part.innerHTML = await answer.text();
    }
  } catch {
    // no connection at this moment: what is shown stays, and it is tried again
  }
  if (going()) {
    window.setTimeout(() => void refresh(), AGAIN_MS);
  }
}

if (going()) {
  window.setTimeout(() => void refresh(), AGAIN_MS);
}
