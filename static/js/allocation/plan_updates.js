/**
 * Shows other organizers' changes within a second or two: by event stream, or by polling every five seconds.
 * The panel with its forms is not replaced while somebody works in it; an act on a changed booth is refused anyway.
 */

import { hearOthers } from "./looking.js";

const POLL_MS = 5000;
const UNAUTHORIZED = 401;

const desk = document.querySelector(".plan-desk");
const parts = desk instanceof HTMLElement ? (desk.dataset.shown ?? "") : "";
const address = desk instanceof HTMLElement ? (desk.dataset.plan ?? "") : "";
let seen = "";
/** @type {number | undefined} */
let polling;

/** @param {Element} fresh @param {string} selector */
function replace(fresh, selector) {
  const [old, now] = [document.querySelector(selector), fresh.querySelector(selector)];
  if (old === null || now === null || old.innerHTML === now.innerHTML || old.contains(document.activeElement)) return;
  old.replaceChildren(...now.childNodes);
  const htmx = /** @type {any} */ (window).htmx;
  htmx.process(old);
}

async function refresh() {
  const asked = location.href;
  const answer = await fetch(asked, { credentials: "same-origin" }).catch(() => undefined);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  if (location.href !== asked) return; // meanwhile another booth was opened, whose page is newer than this one
  for (const selector of [...parts.split(","), "#panel"]) replace(fresh, selector);
  document.dispatchEvent(new CustomEvent("plan:changed"));
}

/** @param {{others?: import("./looking.js").Looking[]}} news */
function hear({ others, ...plan }) {
  hearOthers(others ?? []);
  const pulse = JSON.stringify(plan);
  if (seen !== "" && pulse !== seen) void refresh();
  seen = pulse;
}

async function poll() {
  const answer = await fetch(`${address}/pulse.json`).catch(() => undefined);
  if (answer?.status === UNAUTHORIZED) location.reload(); // signed out: the server leads to the sign-in page
  if (answer?.ok) hear(await answer.json());
}

function listen() {
  const events = new EventSource(`${address}/live`);
  events.addEventListener("message", (event) => {
    window.clearInterval(polling);
    polling = undefined;
    hear(JSON.parse(event.data));
  });
  events.addEventListener("error", () => {
    polling ??= window.setInterval(() => void poll(), POLL_MS);
    if (events.readyState === EventSource.CLOSED) window.setTimeout(listen, POLL_MS * 4);
  });
}

listen();
