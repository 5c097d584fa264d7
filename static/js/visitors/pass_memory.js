/** The passes that this phone remembers: an entry for each in its storage, and each page in a cache of its own. */

const ENTRIES = "exhibition-passes";
const SKEW = "exhibition-clock";
export const CACHE = "passes-kept";
const DAY_MS = 24 * 3600 * 1000;
const KEPT_AFTER_MS = 2 * DAY_MS;

/** @typedef {{address: string, fair: string, reference: string, starts_at: number, ends_at: number, people: number, timezone: string}} KeptPass */

/** The entries, the next session first; what was over days ago is left out. @returns {KeptPass[]} */
export function remembered(now = Date.now()) {
  try {
    const found = JSON.parse(localStorage.getItem(ENTRIES) ?? "[]");
    const entries = Array.isArray(found) ? /** @type {KeptPass[]} */ (found) : [];
    return entries.filter((one) => one.ends_at + KEPT_AFTER_MS > now).sort((a, b) => a.starts_at - b.starts_at);
  } catch {
    return [];
  }
}

/** @param {KeptPass[]} entries */
function write(entries) {
  try {
    localStorage.setItem(ENTRIES, JSON.stringify(entries));
  } catch {
    // A phone that allows no storage remembers nothing; the link works all the same.
  }
}

/** @param {KeptPass} entry */
export function remember(entry) {
  write([...remembered().filter((one) => one.address !== entry.address), entry]);
}

/** @param {string} address */
export async function forget(address) {
  write(remembered().filter((one) => one.address !== address));
  if ("caches" in window) await (await caches.open(CACHE)).delete(address);
}

/** Forget the pages of passes that are no longer listed. */
export async function tidy() {
  if (!("caches" in window)) return;
  const listed = new Set(remembered().map((one) => one.address));
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (/^\/[pv]\//.test(pathname) && !listed.has(pathname)) await cache.delete(request);
  }
}

/** How many milliseconds this phone's clock was behind the server's when they last spoke. */
export function clockSkew() {
  try {
    return Number(localStorage.getItem(SKEW)) || 0;
  } catch {
    return 0;
  }
}

/** @param {number} skew */
export function keepClockSkew(skew) {
  try {
    localStorage.setItem(SKEW, String(skew));
  } catch {
    // Then the phone's own clock counts.
  }
}
