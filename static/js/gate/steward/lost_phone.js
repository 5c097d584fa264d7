/** Lost phone: today's passes by a name or four digits; one tap on a hit scans its pass. */

import * as clock from "../clock.js";
import { wire } from "../dialog.js";
import { fill, part, settings, timeText } from "../page.js";
import { search } from "../server.js";
import { troubleText } from "../trouble.js";

/** @typedef {import("../server.js").Hit} Hit */

const { texts } = settings;
const list = part("search-hits", HTMLUListElement);
const message = part("search-message", HTMLElement);
const words = part("search-words", HTMLInputElement);
const hint = message.textContent ?? "";

function clear() {
  words.value = "";
  message.textContent = hint;
  list.replaceChildren();
}

/** Whether somebody of the party is inside now. @param {Hit} hit */
function whereabouts(hit) {
  if (hit.admitted === 0) return texts.search_not_yet;
  if (hit.inside === 0 && hit.left_at !== null) return texts.search_went_out;
  return hit.left_at !== null && hit.inside < hit.admitted ? texts.search_inside_part : texts.search_inside;
}

/** @param {string} sentence */
function lineOf(sentence) {
  const span = document.createElement("span");
  span.className = "steward-line";
  span.textContent = sentence;
  return span;
}

/** @param {Hit} hit @param {() => void} chosen */
function line(hit, chosen) {
  const now = new Date(clock.now());
  const button = document.createElement("button");
  button.type = "button";
  const values = {
    name: hit.name,
    starts: timeText(new Date(hit.starts_at), now),
    admitted: hit.admitted,
    inside: hit.inside,
    party: hit.party_size,
    time: hit.left_at === null ? "" : timeText(new Date(hit.left_at), now),
  };
  button.append(...[texts.search_hit, whereabouts(hit)].map((sentence) => lineOf(fill(sentence, values))));
  button.addEventListener("click", chosen);
  const item = document.createElement("li");
  item.append(button);
  return item;
}

/**
 * Show what a search finds, in the dialog; one tap on a hit scans its pass.
 * @param {Promise<import("../server.js").Outcome<{passes: Hit[]}>>} search
 * @param {{chosen: (code: string) => void, none: string}} told
 */
export async function showFound(search, { chosen, none }) {
  const dialog = part("search", HTMLDialogElement);
  if (!dialog.open) dialog.showModal();
  list.replaceChildren();
  message.textContent = texts.searching;
  const outcome = await search;
  if (outcome.kind !== "answer") {
    message.textContent = outcome.kind === "problem" ? outcome.detail : troubleText(outcome.fault, texts.search_offline);
    return;
  }
  const hits = outcome.body.passes;
  message.textContent = hits.length > 0 ? texts.search_choose : none;
  list.replaceChildren(
    ...hits.map((hit) =>
      line(hit, () => {
        dialog.close();
        chosen(hit.code);
      }),
    ),
  );
}

/** @param {import("../dialog.js").Hooks} hooks */
export function start(hooks) {
  const dialog = wire("search", clear, hooks.closed);
  dialog.addEventListener("close", clear); // so that nobody reads the last search over the steward's shoulder
  part("search-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const device = hooks.token();
    if (device === null) return;
    void showFound(search(device, words.value), { chosen: hooks.scan, none: texts.search_nothing });
  });
}
