/** Takings that this phone keeps because they are not sent yet: one entry for each page and day. */

const ENTRIES = "exhibition-takings";

/**
 * `key` makes sure that an entry sent twice counts once; `at` is when it was made, by this phone's clock.
 * `why` is what the server said when it did not take it.
 * @typedef {{address: string, day: string, label: string, values: Record<string, string>, key: string, at: number, why?: string}} UnsentTakings
 */

/** @returns {UnsentTakings[]} */
export function unsent() {
  try {
    const found = JSON.parse(localStorage.getItem(ENTRIES) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

/** @param {UnsentTakings[]} entries */
function write(entries) {
  localStorage.setItem(ENTRIES, JSON.stringify(entries));
}

/** Keeps an entry in the place of an earlier one for the same day. @param {UnsentTakings} entry */
export function keep(entry) {
  write([...unsent().filter((one) => one.address !== entry.address || one.day !== entry.day), entry]);
}

/** @param {string} key */
function drop(key) {
  write(unsent().filter((one) => one.key !== key));
}

/** @param {string} key @param {string} why */
function refuse(key, why) {
  write(unsent().map((one) => (one.key === key ? { ...one, why } : one)));
}

/** @param {Document} page */
function reason(page) {
  const said = page.querySelector("main .field-error:not([hidden]), main [role=alert]:not([hidden])");
  return said?.textContent?.trim() ?? page.querySelector("main h1")?.textContent?.trim() ?? "";
}

/** @param {Response} answer */
async function read(answer) {
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** @typedef {"sent" | "refused" | "signed_out" | "later"} Outcome */

/** @param {UnsentTakings} entry @returns {Promise<Outcome>} */
async function send(entry) {
  // The page is fetched for its token: the one of a page that was kept belongs to nobody.
  const page = await fetch(entry.address);
  if (page.status === 401) return "signed_out";
  if (page.status === 429 || page.status >= 500) return "later";
  const token = (await read(page)).querySelector("form[data-takings] [name=csrf_token]");
  const body = new FormData();
  if (token instanceof HTMLInputElement) body.set("csrf_token", token.value);
  for (const [name, value] of Object.entries(entry.values)) body.set(name, value);
  body.set("day", entry.day);
  body.set("key", entry.key);
  body.set("seconds_ago", String(Math.max(0, Math.round((Date.now() - entry.at) / 1000))));
  const answer = await fetch(entry.address, { method: "POST", body, redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    drop(entry.key);
    return "sent";
  }
  if (answer.status === 429 || answer.status >= 500) return "later";
  refuse(entry.key, reason(await read(answer)));
  return "refused";
}

/** @type {Promise<Outcome[]> | undefined} */
let sending;

/** Sends all entries, one after the other; a call while another sends waits for that one. @returns {Promise<Outcome[]>} */
export function sendAll() {
  sending ??= inTurn().finally(() => {
    sending = undefined;
  });
  return sending;
}

async function inTurn() {
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const entry of unsent()) {
    try {
      outcomes.push(await send(entry));
    } catch {
      outcomes.push("later"); // no network: the others would fail too
      break;
    }
  }
  return outcomes;
}
