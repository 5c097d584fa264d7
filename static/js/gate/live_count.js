/**
 * The hall's count at the moment it changes, by an event stream. Where there is none, the page's polling is enough.
 * `EventSource` cannot send the device's token, so the stream is read from `fetch`.
 */

/** @typedef {{withdrawn: () => void, counted: (count: import("./server.js").Count) => void}} Told */

const AGAIN_MS = 3000;
const SILENCE_MS = 40_000;
const UNAUTHORIZED = 401;
const DATA = "data: ";

/** @type {AbortController | null} */
let following = null;

/** @param {ReadableStream<Uint8Array>} body @param {Told["counted"]} counted */
async function read(body, counted) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const silence = setTimeout(() => void reader.cancel(), SILENCE_MS);
    const { done, value } = await reader.read().finally(() => clearTimeout(silence));
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    const last = events.filter((event) => event.startsWith(DATA)).pop();
    if (last !== undefined) counted(JSON.parse(last.slice(DATA.length)));
  }
}

/** @param {string} device its token @param {Told} told @param {AbortSignal} signal */
async function run(device, told, signal) {
  const headers = { Authorization: `Bearer ${device}`, Accept: "text/event-stream" };
  while (!signal.aborted) {
    try {
      const response = await fetch("/gate/live", { headers, cache: "no-store", signal });
      if (response.status === UNAUTHORIZED) {
        told.withdrawn();
        return;
      }
      if (response.ok && response.body !== null) await read(response.body, told.counted);
    } catch {
      // No network, or nobody follows any more; the loop's condition tells the two apart.
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** @param {string} device its token @param {Told} told */
export function follow(device, told) {
  leave();
  following = new AbortController();
  void run(device, told, following.signal);
}

export function leave() {
  following?.abort();
  following = null;
}
