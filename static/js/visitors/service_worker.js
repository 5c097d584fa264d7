/**
 * The service worker of passes and of the list of them: with a network everything comes from the server, without one a
 * pass is shown as the phone kept it, and nothing else. The server puts `self.SHIPPED` before this text: the version,
 * and the addresses of the files that a kept page needs. The gate has a service worker of its own, at `/gate`.
 */

(() => {
  /** @typedef {Event & {request: Request, waitUntil: (done: Promise<unknown>) => void,
   *   respondWith: (answer: Promise<Response>) => void}} WorkerEvent */
  /** @typedef {{SHIPPED: {version: string, files: string[]}, skipWaiting: () => Promise<void>,
   *   clients: {claim: () => Promise<void>}}} WorkerScope */

  const worker = /** @type {WorkerScope} */ (/** @type {unknown} */ (self));
  const { version, files } = worker.SHIPPED;
  const PAGES = "passes-kept";
  const PREFIX = "passes-files-";
  const FILES = PREFIX + version;
  const PATIENCE_MS = 5000;

  async function install() {
    const cache = await caches.open(FILES);
    await cache.addAll(files);
    await worker.skipWaiting();
  }

  async function activate() {
    const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== FILES);
    await Promise.all(old.map((name) => caches.delete(name)));
    await worker.clients.claim();
  }

  /** The page from the server; when it cannot be reached, as it was kept. @param {Request} request */
  async function page(request) {
    const kept = await (await caches.open(PAGES)).match(request, { ignoreSearch: true, ignoreVary: true });
    if (kept === undefined) return fetch(request);
    const timeout = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    const answer = await Promise.race([fetch(request).catch(() => undefined), timeout]);
    return answer instanceof Response && answer.status < 500 ? answer : kept;
  }

  /** @param {Request} request */
  async function file(request) {
    const cache = await caches.open(FILES);
    try {
      return await fetch(request);
    } catch (error) {
      const kept = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
      if (kept !== undefined) return kept;
      throw error;
    }
  }

  self.addEventListener("install", (event) => /** @type {WorkerEvent} */ (event).waitUntil(install()));
  self.addEventListener("activate", (event) => /** @type {WorkerEvent} */ (event).waitUntil(activate()));
  self.addEventListener("fetch", (event) => {
    const { request, respondWith } = /** @type {WorkerEvent} */ (event);
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== location.origin) return;
    const answer = respondWith.bind(event);
    if (request.mode === "navigate") answer(page(request));
    else if (files.some((one) => one.split("?")[0] === pathname)) answer(file(request));
  });
})();
