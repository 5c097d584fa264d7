/**
 * The service worker: the scanner opens without network or server. The server puts `self.SHIPPED` before this text:
 * the version, and the address of every file the scanner needs. A new version is used only once all its files are
 * there.
 */

/** @typedef {Event & {request: Request, waitUntil: (done: Promise<unknown>) => void,
 *   respondWith: (answer: Promise<Response>) => void}} WorkerEvent */
/** @typedef {{SHIPPED: {version: string, shell: string, files: string[]}, skipWaiting: () => Promise<void>,
 *   clients: {claim: () => Promise<void>}}} WorkerScope */

const worker = /** @type {WorkerScope} */ (/** @type {unknown} */ (self));
const { version, shell, files } = worker.SHIPPED;
const PREFIX = "gate-";
const PATIENCE_MS = 3000;
const NAME = PREFIX + version;

async function install() {
  const cache = await caches.open(NAME);
  await cache.addAll([shell, ...files].map((address) => new Request(address, { cache: "reload" })));
  await worker.skipWaiting();
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** The page itself: from the server when the language was chosen; otherwise from the cache. @param {Request} request */
async function page(request) {
  const cache = await caches.open(NAME);
  const kept = await cache.match(shell);
  if (kept !== undefined && !new URL(request.url).searchParams.has("lang")) return kept;
  try {
    const fresh = await fetch(request.url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (fresh.ok) await cache.put(shell, fresh.clone());
    return fresh;
  } catch (error) {
    if (kept !== undefined) return kept;
    throw error;
  }
}

/** @param {Request} request */
async function file(request) {
  const cache = await caches.open(NAME);
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}

self.addEventListener("install", (event) => /** @type {WorkerEvent} */ (event).waitUntil(install()));
self.addEventListener("activate", (event) => /** @type {WorkerEvent} */ (event).waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request, respondWith } = /** @type {WorkerEvent} */ (event);
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  const answer = respondWith.bind(event);
  if (request.mode === "navigate") {
    if (pathname === shell) answer(page(request));
  } else if (files.some((one) => one === pathname)) answer(file(request));
});
