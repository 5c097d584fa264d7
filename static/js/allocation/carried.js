/**
 * What has been picked up on the plan, by mouse, finger or keyboard; what putting it down would do; and doing it. The
 * server answers both questions with the same rules, so this script knows none of them.
 */

import { send } from "./sending.js";

const ASK_MS = 70;
export const OUT = "";

/** @typedef {{possible: boolean, sentence: string, notes: string[], warnings: string[], terms: string[], worth: string, better?: boolean}} Trial */
/** @typedef {{tokens: string[], label: string, own: string[], wishes: string[]}} Carried */

/** @type {Carried | null} */
let carried = null;
/** @type {string | null} */
let target = null;
/** @type {HTMLElement | null} */
let ghost = null;
/** @type {AbortController | null} */
let asking = null;
/** @type {number | undefined} */
let waiting;
/** @type {Map<string, Trial>} */
const answers = new Map();

export const isCarrying = () => carried !== null;

function desk() {
  const found = document.querySelector(".plan-desk");
  if (!(found instanceof HTMLElement)) throw new Error("the page has no plan");
  return found;
}

/** @param {string} code */
function values(code) {
  const fields = /** @type {Record<string, string>} */ ({ booth: code, csrf_token: desk().dataset.csrf ?? "" });
  carried?.tokens.forEach((token, number) => (fields[`taken-${number}`] = token));
  return fields;
}

/** @param {string} selector */
function all(selector) {
  return document.querySelectorAll(`#plan-holder ${selector}`);
}

function unmark() {
  for (const marked of document.querySelectorAll(".drop, .drop-not")) marked.classList.remove("drop", "drop-not");
}

/** Pick up; ``at`` is the place on the screen, none by keyboard. @param {Carried} what @param {{x: number, y: number} | null} at */
export function pickUp(what, at) {
  drop();
  carried = what;
  ghost = document.createElement("div");
  ghost.className = at === null ? "carried docked" : "carried";
  ghost.setAttribute("data-testid", "carried");
  document.body.append(ghost);
  for (const code of what.own) for (const booth of all(`[data-code="${CSS.escape(code)}"]`)) booth.classList.add("lifted");
  for (const code of what.wishes) for (const booth of all(`[data-code="${CSS.escape(code)}"]`)) booth.classList.add("wished");
  write(null);
  if (at !== null) follow(at);
}

/** @param {{x: number, y: number}} at */
export function follow({ x, y }) {
  if (ghost === null) return;
  const right = x + ghost.offsetWidth + 20 > window.innerWidth ? x - ghost.offsetWidth - 14 : x + 14;
  const below = y + ghost.offsetHeight + 20 > window.innerHeight ? y - ghost.offsetHeight - 14 : y + 14;
  ghost.style.translate = `${Math.max(4, right)}px ${Math.max(4, below)}px`;
}

/** Hold what is carried over a booth, over the list (``OUT``), or over nothing; ask what letting go would do. @param {string | null} code */
export function over(code) {
  if (carried === null || code === target) return;
  target = code;
  unmark();
  asking?.abort();
  window.clearTimeout(waiting);
  if (code === null || carried.own[0] === code) return write(null);
  const known = answers.get(code);
  if (known !== undefined) return show(code, known);
  write(null);
  waiting = window.setTimeout(() => void ask(code), ASK_MS);
}

/** @param {string} code */
async function ask(code) {
  asking = new AbortController();
  const answer = await fetch(`${desk().dataset.plan}/arrange/trial`, {
    method: "POST",
    body: new URLSearchParams(values(code)),
    headers: { Accept: "application/json" },
    signal: asking.signal,
  }).catch(() => undefined);
  if (!answer?.ok) return;
  const trial = /** @type {Trial} */ (await answer.json());
  answers.set(code, trial);
  if (target === code) show(code, trial);
}

/** @param {string} code @param {Trial} trial */
function show(code, trial) {
  const places = code === OUT ? document.querySelectorAll("[data-out]") : all(`[data-code="${CSS.escape(code)}"]`);
  for (const place of places) place.classList.add(trial.possible ? "drop" : "drop-not");
  write(trial);
}

/** @param {Trial | null} trial */
function write(trial) {
  if (ghost === null || carried === null) return;
  const name = document.createElement("b");
  name.textContent = carried.label;
  ghost.replaceChildren(name);
  ghost.classList.toggle("impossible", trial !== null && !trial.possible);
  if (trial === null) return;
  for (const [kind, text] of [
    ["sentence", trial.sentence],
    ...trial.warnings.map((warning) => ["warning", warning]),
    ...trial.notes.map((note) => ["note", note]),
    ["worth", trial.worth && `${trial.worth}: ${trial.terms.join(", ")}`],
  ]) {
    if (!text) continue;
    const line = document.createElement("p");
    line.className = kind === "worth" ? (trial.better ? "worth better" : "worth") : kind;
    line.textContent = text;
    ghost.append(line);
  }
  const said = document.getElementById("trial-said");
  if (said !== null) said.textContent = [trial.sentence, ...trial.warnings, ...trial.notes, trial.worth].join(" ");
}

/** Let go without doing anything. */
export function drop() {
  asking?.abort();
  window.clearTimeout(waiting);
  ghost?.remove();
  [carried, target, ghost, asking] = [null, null, null, null];
  answers.clear();
  unmark();
  for (const lifted of document.querySelectorAll(".lifted")) lifted.classList.remove("lifted");
}

/** Do it: what is carried goes where it is held over. Nothing happens over nothing. */
export function putDown() {
  if (carried === null || target === null || carried.own[0] === target) return drop();
  const known = answers.get(target);
  const fields = { ...values(target), selected: target || carried.own[0] || "" };
  if (known?.possible === false) return drop();
  drop();
  send(`${desk().dataset.plan}/arrange`, fields);
}
