/**
 * The first line of a pass, kept true: worked out anew every few seconds by the rule and this phone's clock, and from
 * what the server says now and then while the page is visible.
 */

import { advise } from "./pass_advice.js";
import { clockSkew, keepClockSkew } from "./pass_memory.js";

const TICK_MS = 5_000;
const ASK_MS = 20_000;
const ASK_SELDOM_MS = 120_000;
const NEAR_MS = 45 * 60_000;
const PATIENCE_MS = 8_000;

/** @typedef {import("./pass_advice.js").AdvisedPass} AdvisedPass */
/** @typedef {{facts: AdvisedPass, now: number, seen: string}} Now */
/** @typedef {Now & {texts: Record<string, string>, tones: Record<string, string>, timezone: string}} Live */

const line = /** @type {HTMLElement | null} */ (document.querySelector("[data-live]"));
const isKept = document.querySelector("[data-testid=kept]") !== null;

/** @param {number} moment @param {Live} live @param {Intl.DateTimeFormatOptions} options */
function written(moment, live, options) {
  const locale = document.documentElement.lang === "en" ? "en-GB" : "id-ID";
  return new Intl.DateTimeFormat(locale, { timeZone: live.timezone, ...options }).format(moment);
}

/** @param {number} moment @param {Live} live */
const dayOf = (moment, live) => written(moment, live, { year: "numeric", month: "2-digit", day: "2-digit" });

/** @param {Live} live @param {number} now */
export function sentence(live, now) {
  const { advice, at } = advise(live.facts, now);
  if (at === null) return { advice, text: live.texts[advice] ?? "" };
  const today = live.texts[`${advice}_today`];
  const text = today !== undefined && dayOf(at, live) === dayOf(now, live) ? today : (live.texts[advice] ?? "");
  const values = /** @type {Record<string, string>} */ ({
    day: written(at, live, { weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    time: written(at, live, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    admitted: String(live.facts.admitted),
    party: String(live.facts.party_size),
  });
  return { advice, text: text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "") };
}

/** Whether somebody is filling in a form of the page, which would be lost. */
function isEditing() {
  return [...document.querySelectorAll("details[open] form")].some((form) => form.contains(document.activeElement));
}

/** @param {HTMLElement} shown */
function keepTrue(shown) {
  const live = /** @type {Live} */ (JSON.parse(shown.dataset.live ?? "{}"));
  let skew = isKept ? clockSkew() : live.now - Date.now();
  if (!isKept) keepClockSkew(skew);

  function tell() {
    const { advice, text } = sentence(live, Date.now() + skew);
    if (shown.dataset.advice === advice && shown.textContent === text) return;
    if (shown.dataset.advice !== advice) document.querySelector(".pass header .tag")?.remove();
    shown.dataset.advice = advice;
    shown.className = `advice ${live.tones[advice] ?? ""}`.trim();
    shown.textContent = text;
  }

  async function ask() {
    if (document.hidden) return;
    const address = shown.dataset.now ?? "";
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => undefined);
    if (!answer?.ok) return;
    const fresh = /** @type {Now} */ (await answer.json());
    skew = fresh.now - Date.now();
    keepClockSkew(skew);
    if ((isKept || fresh.seen !== live.seen) && !isEditing()) return location.reload();
    live.facts = fresh.facts;
    tell();
  }

  /** Near the session things change by the minute; else a look now and then is enough. */
  function pause() {
    const now = Date.now() + skew;
    const isNear = now > live.facts.starts_at - NEAR_MS && now < live.facts.ends_at + NEAR_MS;
    return (isNear ? ASK_MS : ASK_SELDOM_MS) * (1 + Math.random() / 10);
  }

  async function askAgain() {
    await ask();
    setTimeout(() => void askAgain(), pause());
  }

  tell();
  setInterval(tell, TICK_MS);
  setTimeout(() => void askAgain(), pause());
  document.addEventListener("visibilitychange", () => void ask());
  window.addEventListener("online", () => void ask());
}

if (line !== null) keepTrue(line);
