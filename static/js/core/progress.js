/**
 * Shows how far a job is: while something in `[data-progress]` is marked `data-going`, that part of the page is fetched
 * again. Without this script people reload the page themselves.
 */

const AGAIN_MS = 1000;

const part = /** @type {HTMLElement} */ (document.querySelector("[data-progress]"));

function later() {
  if (part.querySelector("[data-going]") !== null) window.setTimeout(() => void refresh(), AGAIN_MS);
}

async function refresh() {
  try {
    const answer = await fetch(window.location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-progress]");
    if (answer.ok && !answer.redirected && fresh !== null) part.replaceChildren(...fresh.childNodes);
  } catch {
    // no connection at this moment: the page stays as it is, and the next fetch may succeed
  }
  later();
}

later();
