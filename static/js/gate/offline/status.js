/** The device's status: alone or not, how many decisions wait, how old its data is. Always in sight. */

import * as clock from "../clock.js";
import { fill, follow, part, settings, timeText } from "../page.js";
import * as protocol from "../scan/protocol.js";
import { lastFault } from "../server.js";
import { aloneText } from "../trouble.js";
import { dataAge } from "./age.js";

/** @typedef {import("./bundle.js").Facts} Facts */

const MINUTE_MS = 60_000;
const SOON_MS = 120 * MINUTE_MS;
const AGE_EVERY_MS = 5_000;

const place = part("alone", HTMLElement);
const badge = part("alone-badge", HTMLTemplateElement);
const age = part("bundle-age", HTMLElement);

let unsent = 0;
/** @type {Facts | null} */
let facts = null;

/** Show whether the device is on its own now, and whether the server or the network is at fault. @param {boolean} alone */
export function showAlone(alone) {
  if (alone !== place.childElementCount > 0) place.replaceChildren(...(alone ? [badge.content.cloneNode(true)] : []));
  const shown = place.firstElementChild;
  if (shown !== null && shown.textContent !== aloneText(lastFault())) shown.textContent = aloneText(lastFault());
}

/** @param {number} number */
export function showUnsent(number) {
  unsent = number;
  const box = part("unsent", HTMLElement);
  box.textContent = String(number);
  box.classList.toggle("waiting", number > 0);
}

/** How many decisions wait, as last shown. */
export function unsentShown() {
  return unsent;
}

/** @param {Facts | null} known */
export function showFacts(known) {
  facts = known;
  clock.setOffset(known?.clock_offset_ms ?? 0);
  protocol.follow(known?.exhibition ?? settings);
  follow(known?.exhibition ?? settings);
  showAge();
  showRound();
}

/** The age of the data; on red, changes of the last minutes may be missing. */
function showAge() {
  const { amber_minutes: amber, red_minutes: red } = facts?.exhibition ?? { amber_minutes: 0, red_minutes: 0 };
  const { minutes, level } = dataAge(facts?.received_at ?? null, Date.now(), amber, red);
  age.dataset.level = level;
  if (minutes === null) age.textContent = settings.texts.no_bundle;
  else if (minutes === 0) age.textContent = settings.texts.bundle_new;
  else age.textContent = fill(settings.texts.bundle_age, { minutes });
}

/** The disinfection round that is on, or comes within two hours. */
function showRound() {
  const now = clock.now();
  const next = (facts?.rounds ?? []).find((one) => Date.parse(one.ends_at) > now && Date.parse(one.starts_at) < now + SOON_MS);
  const today = new Date(now);
  part("round", HTMLElement).textContent =
    next === undefined
      ? ""
      : fill(settings.texts.round_next, {
          starts: timeText(new Date(next.starts_at), today),
          ends: timeText(new Date(next.ends_at), today),
        });
}

setInterval(showAge, AGE_EVERY_MS);
setInterval(showRound, MINUTE_MS);
window.addEventListener("beforeunload", (event) => {
  if (unsent > 0) event.preventDefault();
});
