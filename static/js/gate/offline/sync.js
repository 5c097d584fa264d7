/** Keeps the device and the server in step: decisions go out, then the newest bundle comes in. */

import { battery } from "../battery.js";
import { bundle } from "../server.js";
import * as bundles from "./bundle.js";
import { countKnown } from "./device_decision.js";
import * as queue from "./queue.js";
import * as status from "./status.js";

/** @typedef {{withdrawn: () => void, counted: (count: import("../server.js").Count) => void}} Told */

const EVERY_MS = 15_000;
const UNAUTHORIZED = 401;
const OFFLINE_AFTER_MS = 1200;

/** @type {bundles.Facts | null} */
let facts = null;
/** @type {string | null} */
let token = null;
/** @type {Told} */
let told = { withdrawn() {}, counted() {} };
/** @type {Promise<"sent" | "stopped" | "withdrawn"> | null} */
let flushing = null;
let turning = false;
let again = false;

/** How long the server may take before the device decides alone, in milliseconds. */
export function patience() {
  return facts?.exhibition.offline_after_ms ?? OFFLINE_AFTER_MS;
}

/** Show how many decisions wait. */
export async function count() {
  const number = await queue.unsent();
  status.showUnsent(number);
  return number;
}

/** @param {string} device its token */
function flushAlone(device) {
  const send = () => queue.flush(device);
  return navigator.locks ? navigator.locks.request("gate.flush", send) : send();
}

/** Send what waits; one at a time, over all windows of the scanner. @param {string} device its token */
export function flush(device) {
  flushing ??= flushAlone(device).finally(() => {
    flushing = null;
    void count();
  });
  return flushing;
}

/** @param {string} device its token @param {number} waiting */
async function refresh(device, waiting) {
  const contained = await bundles.answeredMovements();
  const outcome = await bundle(device, facts?.version, waiting, await battery());
  status.showAlone(outcome.kind === "nothing");
  if (outcome.kind === "problem" && outcome.status === UNAUTHORIZED) told.withdrawn();
  if (outcome.kind !== "answer" || device !== token) return;
  const taken = await bundles.take(outcome.body, contained);
  if (taken === null) return;
  facts = taken;
  status.showFacts(facts);
}

/** One round: send, then fetch the bundle. */
export async function turn() {
  if (turning || token === null) return;
  turning = true;
  try {
    const outcome = await flush(token);
    if (outcome === "withdrawn") told.withdrawn();
    else if (outcome === "stopped") status.showAlone(true);
    else await refresh(token, await count());
  } catch (error) {
    console.warn(error); // no database: the scanner goes on, with the server only
  } finally {
    turning = false;
  }
  if (again) soon();
}

/** A round at once; one under way may have fetched too early, so another follows it. */
function soon() {
  again = turning;
  void turn();
}

/** Begin for this device; a bundle stored earlier counts at once. @param {string} device its token @param {Told} hooks */
export async function start(device, hooks) {
  token = device;
  told = hooks;
  try {
    facts = await bundles.load();
    status.showFacts(facts);
    const inside = await countKnown();
    if (inside !== null) told.counted(inside);
    await count();
  } catch (error) {
    console.warn(error);
  }
  await turn();
}

/** Delete the stored data before another enrolment; unsent decisions stay. */
export async function stop() {
  token = null;
  facts = null;
  status.showFacts(null);
  await bundles.wipe().catch(() => {});
}

setInterval(() => void turn(), EVERY_MS);
window.addEventListener("online", soon);
window.addEventListener("offline", () => status.showAlone(true));
window.addEventListener("focus", soon);
