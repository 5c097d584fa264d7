/** The page's parts, its texts and how times are written; the texts come from the server in the reader's language. */

/**
 * @typedef {{reasons: Record<string, string>, reasons_alone: Record<string, string>,
 *   reasons_badge: Record<string, string>, reasons_return: Record<string, string>, words: Record<string, string>, texts: Record<string, string>,
 *   locale: string, timezone: string, reentry?: string, version: string, override_codes: string[],
 *   mask_required: boolean, screening_question: string, walk_in_name_required: boolean}} Settings
 */

/** @type {Settings} */
export const settings = JSON.parse(document.getElementById("settings")?.textContent ?? "{}");

/**
 * The element with this id; a page without it is broken.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function part(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`the page has no #${id}`);
  return element;
}

/**
 * Put values into the `{…}` of a sentence.
 * @param {string} sentence
 * @param {Record<string, string | number>} values
 */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** English is British English, as on the server's pages: 15:04, not 3:04 PM. */
const language = () => (settings.locale === "en" ? "en-GB" : settings.locale);

/** @param {Intl.DateTimeFormatOptions} options */
const formatter = (options) => new Intl.DateTimeFormat(language(), { timeZone: settings.timezone, ...options });
const formats = () => ({
  clock: formatter({ hour: "2-digit", minute: "2-digit" }),
  day: formatter({ weekday: "long", day: "numeric", month: "long" }),
});
let { clock, day } = formats();

/**
 * From here on the page is that of the device's own fair; it came with the settings of the fair of today.
 * @param {{timezone?: string, reentry?: string, override_codes?: string[], walk_in_name_required?: boolean}} edition
 */
export function follow(edition) {
  settings.timezone = edition.timezone ?? settings.timezone;
  settings.reentry = edition.reentry ?? settings.reentry;
  settings.override_codes = edition.override_codes ?? settings.override_codes;
  settings.walk_in_name_required = edition.walk_in_name_required ?? settings.walk_in_name_required;
  ({ clock, day } = formats());
  part("walk-in-name-required", HTMLElement).hidden = !settings.walk_in_name_required;
  part("walk-in-name-optional", HTMLElement).hidden = settings.walk_in_name_required;
}

/**
 * The time of day in the fair's time zone; with the day when that is not the day of `now`.
 * @param {Date} moment
 * @param {Date} now
 */
export function timeText(moment, now) {
  const time = clock.format(moment);
  if (day.format(moment) === day.format(now)) return fill(settings.texts.this_day, { time });
  return fill(settings.texts.another_day, { time, day: day.format(moment) });
}
