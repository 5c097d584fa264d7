/**
 * Keeps the slots up to date while the page is visible: places by event stream; any other change, and everything where
 * there is no stream (or the visitor saves data), by polling every 15 seconds.
 */

const PAUSE_MS = 15_000;
const SOON_MS = 1500;
const STREAM_AGAIN_MS = 60_000;
const FEW = 5;

/** @typedef {Record<string, [number, string]>} Places the places left and the state, by slot */

/** @param {HTMLElement} part */
async function refresh(part) {
  if (document.hidden || part.contains(document.activeElement)) return;
  const answer = await fetch(part.dataset.refresh ?? "", { credentials: "same-origin" }).catch(() => undefined);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  for (const unfolded of part.querySelectorAll("details[open]")) {
    fresh.querySelector(`details[id="${unfolded.id}"]`)?.setAttribute("open", "");
  }
  if (fresh.innerHTML.trim() !== part.innerHTML.trim()) part.replaceChildren(...fresh.childNodes);
}

/** Write new numbers into the slots; false when a slot needs new markup. @param {HTMLElement} part @param {Places} places */
function write(part, places) {
  const slots = /** @type {NodeListOf<HTMLElement>} */ (part.querySelectorAll("[data-slot-id]"));
  let whole = slots.length === Object.keys(places).length;
  for (const slot of slots) {
    const [remaining, state] = places[slot.dataset.slotId ?? ""] ?? [];
    if (remaining === undefined || state !== slot.dataset.state) whole = false;
    else if (String(remaining) !== slot.dataset.remaining) show(part, slot, remaining);
  }
  return whole;
}

/** @param {HTMLElement} part @param {HTMLElement} slot @param {number} remaining */
function show(part, slot, remaining) {
  slot.dataset.remaining = String(remaining);
  const progress = slot.querySelector("progress");
  const words = slot.querySelector(".left");
  if (progress === null || words === null) return;
  progress.value = progress.max - remaining;
  slot.classList.toggle("few", remaining * FEW <= progress.max);
  const sentence = (remaining === 1 ? part.dataset.onePlace : part.dataset.manyPlaces) ?? "";
  words.textContent = sentence.replace("{number}", String(remaining));
}

/** @param {HTMLElement} part */
function keepFresh(part) {
  /** @type {EventSource | null} */
  let stream = null;
  let told = false;

  function listen() {
    if (document.hidden || stream !== null) return;
    stream = new EventSource(part.dataset.live ?? "");
    stream.addEventListener("message", (event) => {
      told = true;
      // Many phones get the event at the same moment; spread their requests.
      if (!write(part, JSON.parse(event.data))) setTimeout(() => void refresh(part), Math.random() * SOON_MS);
    });
    stream.addEventListener("error", () => {
      told = false;
      if (stream?.readyState !== EventSource.CLOSED) return;
      stream = null;
      setTimeout(listen, STREAM_AGAIN_MS * (1 + Math.random()));
    });
  }

  function look() {
    if (document.hidden) {
      stream?.close();
      stream = null;
      told = false;
    } else {
      void refresh(part);
      if (!saving) listen();
    }
  }

  const saving = /** @type {{connection?: {saveData?: boolean}}} */ (navigator).connection?.saveData === true;
  setInterval(() => told || void refresh(part), PAUSE_MS);
  document.addEventListener("visibilitychange", look);
  if (!saving) listen();
}

for (const part of document.querySelectorAll("[data-refresh]")) {
  if (part instanceof HTMLElement) keepFresh(part);
}
