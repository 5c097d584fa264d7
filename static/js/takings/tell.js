/**
 * The seller's page of takings: what is entered is kept on the phone first and then sent, now or when there is a network
 * again. The page itself is kept too, so that it opens without one. Without this module it is a form like any other.
 */

import { keep, sendAll, unsent } from "./unsent.js";

const WORKER = "/tiket/sw.js";
const CACHE = "passes-kept";
const AGAIN_MS = 30_000;
const MONEY = ["cash", "qris", "orders"];
const FIELDS = [...MONEY, "pieces"];

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-takings]"));

/** @param {string} name */
function field(name) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (form?.elements.namedItem(name));
}

/** @param {string} text @returns {number | undefined} whole rupiah, where that is plain; the server reads the rest */
function plainly(text) {
  const digits = text.replace(/^\s*rp\.?\s*/i, "").replace(/[\s.]/g, "");
  return digits === "" ? 0 : /^\d{1,12}$/.test(digits) ? Number(digits) : undefined;
}

function showTotal() {
  const line = /** @type {HTMLElement | null} */ (form?.querySelector("[data-total]") ?? null);
  if (line === null) return;
  const amounts = MONEY.map((name) => plainly(field(name).value));
  const total = amounts.reduce((sum, one) => (sum === undefined || one === undefined ? undefined : sum + one), 0);
  line.hidden = !total;
  const shown = line.querySelector("strong");
  if (shown && total) shown.textContent = `Rp${total.toLocaleString("id-ID")}`;
}

/** @param {string} text */
function showProblem(text) {
  const line = /** @type {HTMLElement | null} */ (form?.querySelector("[data-problem]") ?? null);
  if (line === null) return;
  line.textContent = text;
  line.hidden = text === "";
}

/** @param {string} [why] */
function showUnsent(why = "") {
  const entries = unsent();
  const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-unsent]"));
  if (box === null) return;
  box.hidden = entries.length === 0;
  const count = box.querySelector("[data-testid=unsent]");
  if (count) count.textContent = String(entries.length);
  const days = box.querySelector("[data-unsent-days]");
  if (days) days.textContent = entries.map((one) => one.label).join(" · ");
  const line = /** @type {HTMLElement | null} */ (box.querySelector("[data-unsent-why]"));
  if (line === null) return;
  line.textContent = entries.map((one) => one.why ?? "").find((one) => one !== "") ?? why;
  line.hidden = line.textContent === "";
}

async function flush() {
  if (unsent().length === 0) return;
  const outcomes = await sendAll();
  if (outcomes.includes("sent") && unsent().length === 0) {
    location.assign(location.pathname);
    return;
  }
  const said = outcomes.includes("signed_out") ? form?.dataset.signIn : form?.dataset.noNetwork;
  showUnsent(said);
}

/** @param {SubmitEvent} event */
function submit(event) {
  if (form === null) return;
  event.preventDefault();
  const values = Object.fromEntries(FIELDS.map((name) => [name, field(name).value.trim()]));
  if (MONEY.every((name) => values[name] === "")) {
    showProblem(form.dataset.empty ?? "");
    return;
  }
  showProblem("");
  const day = field("day");
  const label = day instanceof HTMLSelectElement ? (day.selectedOptions[0]?.textContent ?? "") : day.value;
  const { address = location.pathname } = form.dataset;
  const key = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  try {
    keep({ address, day: day.value, label: label.replace("✓", "").trim(), values, key, at: Date.now() });
  } catch {
    form.submit(); // this browser allows no storage: the form goes as it is
    return;
  }
  showUnsent();
  void flush();
}

/** The day of this phone in the fair's time zone, where the page was kept on an earlier one. */
function chooseToday() {
  const day = field("day");
  if (!(day instanceof HTMLSelectElement) || form?.dataset.kept === undefined) return;
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: form.dataset.timezone }).format(new Date());
  for (const option of day.options) {
    option.disabled = option.value > today;
    if (option.value === today) day.value = today;
  }
}

/** Shows the figures of another day where that is possible without losing what was typed. */
function openOtherDay() {
  const typed = FIELDS.some((name) => field(name).value !== /** @type {HTMLInputElement} */ (field(name)).defaultValue);
  if (!typed && navigator.onLine && form?.dataset.kept === undefined) {
    location.assign(`${location.pathname}?day=${field("day").value}`);
  }
}

async function keepPage() {
  if (form === null || !("serviceWorker" in navigator) || !("caches" in window)) return;
  if (form.dataset.kept !== undefined) return;
  const { pathname } = location;
  await navigator.serviceWorker.register(WORKER, { scope: pathname });
  const answer = await fetch(`${pathname}?kept`);
  if (answer.ok) await (await caches.open(CACHE)).put(pathname, answer);
  document.documentElement.dataset.pageKept = "yes";
}

form?.addEventListener("submit", submit);
form?.addEventListener("input", showTotal);
document.querySelector("#day")?.addEventListener("change", openOtherDay);
document.querySelector("[data-send-now]")?.addEventListener("click", () => void flush());
addEventListener("online", () => void flush());
document.addEventListener("visibilitychange", () => void flush());
setInterval(() => void flush(), AGAIN_MS);
if (form) {
  chooseToday();
  showTotal();
}
showUnsent();
void flush();
void keepPage().catch(() => undefined);
