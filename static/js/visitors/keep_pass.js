/** Has this phone remember the pass that is open, and keep its page for the time without a network. */

import { CACHE, forget, remember, tidy } from "./pass_memory.js";

const WORKER = "/tiket/sw.js";
const SCOPES = ["/p/", "/v/", "/tiket"];
const MINE = "/tiket";
const address = location.pathname;

async function keep() {
  const line = /** @type {HTMLElement | null} */ (document.querySelector("[data-live]"));
  const state = /** @type {HTMLElement | null} */ (document.querySelector(".pass"))?.dataset.state;
  if (line === null) return;
  if (state !== "valid") return forget(address);
  const { facts, timezone } = JSON.parse(line.dataset.live ?? "{}");
  const fair = document.querySelector(".pass header p")?.textContent ?? "";
  const reference = document.title;
  const { starts_at, ends_at, party_size: people } = facts;
  remember({ address, fair, reference, starts_at, ends_at, people, timezone });
  if (!("serviceWorker" in navigator) || !("caches" in window)) return;
  for (const scope of SCOPES) await navigator.serviceWorker.register(WORKER, { scope });
  const cache = await caches.open(CACHE);
  const pages = /** @type {const} */ ([
    [address, `${address}/kept`],
    [MINE, MINE],
  ]);
  for (const [name, source] of pages) {
    const answer = await fetch(source);
    if (answer.ok) await cache.put(name, answer);
  }
  await tidy();
  document.documentElement.dataset.passKept = "yes";
}

function offerToForget() {
  for (const part of document.querySelectorAll("[data-forget]")) {
    if (!(part instanceof HTMLElement)) continue;
    part.hidden = false;
    part.querySelector("button")?.addEventListener("click", async () => {
      await forget(address);
      location.assign(MINE);
    });
  }
}

function offerToShare() {
  for (const button of document.querySelectorAll("button[data-share]")) {
    if (!(button instanceof HTMLButtonElement) || navigator.share === undefined) continue;
    button.hidden = false;
    const { share: url, title } = button.dataset;
    button.addEventListener("click", () => void navigator.share({ url, title }).catch(() => undefined));
  }
}

offerToForget();
offerToShare();
void keep().catch(() => undefined);
