/** The calls of a device. Each ends in an answer, a problem, or no answer at all; none throws. */

import { settings } from "./page.js";

/** @typedef {import("./memory.js").Direction} Direction */
/** @typedef {import("./offline/bundle.js").Bundle} Bundle */
/**
 * @typedef {{nonce: string, direction: Direction, scanned_at: string, token?: string, code?: string,
 *   people?: number, mask?: "worn" | "missing", screening?: "passed" | "failed", override?: {pin: string, reason: string}}} Scan
 * @typedef {{nonce: string, direction: Direction, scanned_at: string, token?: string, short_code?: string,
 *   people: number, mask?: "worn" | "missing", screening?: "passed" | "failed", offline: true,
 *   verdict: "accepted" | "refused", code: string}} OfflineScan
 * @typedef {{scan_id: number, verdict: "accepted" | "refused", code: string, people: number,
 *   pass: {party_size: number, inside: number, admitted: number} | null,
 *   slot: {starts_at: string, ends_at: string} | null, occupancy: Count,
 *   badge?: {exhibitor: string, booth: string | null},
 *   earlier?: {gate: string, gate_name: string, at: string}, reopens_at?: string, left_at?: string, returned?: number,
 *   server_at: string, offline?: true, fault?: Fault, rehearsal?: true}} Answer
 * @typedef {{scan_id: number, at: string, direction: Direction, people: number, code: string | null, party_size: number | null}} MovementAtGate
 * @typedef {{inside: number, capacity: number}} Count
 * @typedef {{code: string, name: string}} Gate
 * @typedef {{reference: string, pass: {code: string, token: string, party_size: number}, qr_url: string}} WalkIn
 * @typedef {{name: string, party_size: number, admitted: number, inside: number,
 *   left_at: string | null, starts_at: string, ends_at: string, code: string}} Hit
 * @typedef {{device_token: string, device: {id: number, name: string}, gate: {code: string, name: string}}} Enrolment
 */
/**
 * @template T
 * @typedef {{kind: "answer", body: T} | {kind: "problem", status: number, code: string, detail: string} | Nothing} Outcome
 */
/** No answer that counts: with `fault` the server was reached and had none. @typedef {{kind: "nothing", fault?: Fault}} Nothing */
/** @typedef {{status: number, code: string, detail: string}} Fault */

const PATIENCE_MS = 5000;
const BATCH_PATIENCE_MS = 30_000;
const SERVER_FAULT = 500;
const TOO_MANY = 429;

/** What the server said last instead of an answer; null when it answered, or there was no network. @type {Fault | null} */
let last = null;

export function lastFault() {
  return last;
}

/** What the server says instead of an answer; something before it may answer without our code. @param {Response} response @returns {Promise<Fault>} */
async function faultOf(response) {
  const { code = "", detail = "" } = await response.json().catch(() => ({}));
  return { status: response.status, code, detail };
}

/** A new nonce: 128 random bits. `crypto.randomUUID` is missing on plain http. */
export function newNonce() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @template T
 * @param {string} path
 * @param {RequestInit} options
 * @param {number} [patience] milliseconds
 * @param {number} [silent] the status that means no answer, to be tried again
 * @returns {Promise<Outcome<T>>}
 */
async function call(path, options, patience = PATIENCE_MS, silent = TOO_MANY) {
  try {
    const response = await fetch(`/api/v1/gate/${path}`, { ...options, signal: AbortSignal.timeout(patience) });
    if (response.ok) {
      const body = await response.json();
      last = null;
      return { kind: "answer", body };
    }
    const fault = await faultOf(response);
    last = fault;
    if (fault.status >= SERVER_FAULT || fault.status === silent) return { kind: "nothing", fault };
    return { kind: "problem", ...fault };
  } catch {
    last = null;
    return { kind: "nothing" };
  }
}

/** @param {string} [token] */
function headers(token) {
  /** @type {Record<string, string>} */
  const fields = { "Content-Type": "application/json" };
  if (token) fields.Authorization = `Bearer ${token}`;
  return fields;
}

/**
 * @param {string} code
 * @param {string} name
 * @returns {Promise<Outcome<Enrolment>>}
 */
export function enrol(code, name) {
  const body = JSON.stringify({ enrolment_code: code, device_name: name });
  return call("enrol", { method: "POST", headers: headers(), body });
}

/**
 * A scan; after too many typed codes that are nobody's the answer says so.
 * @param {string} token
 * @param {Scan} scan
 * @returns {Promise<Outcome<Answer>>}
 */
export function send(token, scan) {
  const options = { method: "POST", headers: headers(token), body: JSON.stringify(scan) };
  return call("scans", options, PATIENCE_MS, SERVER_FAULT);
}

/**
 * A scan with a supervisor's override; the answer says when there were too many wrong PINs.
 * @param {string} token
 * @param {Scan} scan
 * @returns {Promise<Outcome<Answer>>}
 */
export function overrule(token, scan) {
  const options = { method: "POST", headers: headers(token), body: JSON.stringify(scan) };
  return call("scans", options, PATIENCE_MS, SERVER_FAULT);
}

/**
 * Make a pass for people without one; the same nonce makes only one.
 * @param {string} token
 * @param {{nonce: string, party_size: number, name?: string}} party
 * @returns {Promise<Outcome<WalkIn>>}
 */
export function walkIn(token, party) {
  return call("walk-ins", { method: "POST", headers: headers(token), body: JSON.stringify(party) });
}

/**
 * Today's passes by a name or four digits of a phone number.
 * @param {string} token
 * @param {string} words
 * @returns {Promise<Outcome<{passes: Hit[]}>>}
 */
export function search(token, words) {
  return call("passes/search", { method: "POST", headers: headers(token), body: JSON.stringify({ words }) });
}

/**
 * Today's passes whose code differs from the typed one in exactly one letter.
 * @param {string} token
 * @param {string} code
 * @returns {Promise<Outcome<{passes: Hit[]}>>}
 */
export function near(token, code) {
  return call("passes/near", { method: "POST", headers: headers(token), body: JSON.stringify({ code }) });
}

/**
 * Take back the last scan; the same nonce may be sent again.
 * @param {string} token
 * @param {string} nonce
 * @param {string} undoes the nonce of the scan
 * @returns {Promise<Outcome<Answer>>}
 */
export function undo(token, nonce, undoes) {
  return call("scans/undo", { method: "POST", headers: headers(token), body: JSON.stringify({ nonce, undoes }) });
}

/**
 * Today's last movements at the device's gate, newest first.
 * @param {string} token
 * @returns {Promise<Outcome<{movements: MovementAtGate[]}>>}
 */
export function movements(token) {
  return call("movements", { headers: headers(token) });
}

/**
 * Correct one of them on a supervisor's word; the same nonce counts once.
 * @param {string} token
 * @param {{nonce: string, scan_id: number, people: number, pin: string, reason: string}} correction
 * @returns {Promise<Outcome<{occupancy: Count}>>}
 */
export function correct(token, correction) {
  const options = { method: "POST", headers: headers(token), body: JSON.stringify(correction) };
  return call("scans/correct", options, PATIENCE_MS, SERVER_FAULT);
}

/**
 * The gates where the device may stand.
 * @param {string} token
 * @returns {Promise<Outcome<{gates: Gate[]}>>}
 */
export function gates(token) {
  return call("gates", { headers: headers(token) });
}

/**
 * Put the device at another gate.
 * @param {string} token
 * @param {string} gate its code
 * @returns {Promise<Outcome<{gate: Gate}>>}
 */
export function changeGate(token, gate) {
  return call("device", { method: "POST", headers: headers(token), body: JSON.stringify({ gate }) });
}

/**
 * @param {string} token
 * @returns {Promise<Outcome<Count>>}
 */
export function occupancy(token) {
  return call("occupancy", { headers: headers(token) });
}

/**
 * The bundle to decide alone; with `since` only the passes that changed since that version.
 * @param {string} token
 * @param {number | undefined} since
 * @param {number} unsent how many decisions wait here
 * @param {Record<string, string>} about what else the device tells about itself
 * @returns {Promise<Outcome<Bundle>>}
 */
export function bundle(token, since, unsent, about) {
  const clock = new Date().toISOString();
  const query = new URLSearchParams({ unsent: String(unsent), app: settings.version, clock, ...about });
  if (since !== undefined) query.set("since", String(since));
  return call(`bundle?${query}`, { headers: headers(token) });
}

/**
 * @param {string} token
 * @param {OfflineScan[]} scans
 * @returns {Promise<Outcome<{results: {nonce: string, scan_id: number, recorded: boolean, conflict: string | null}[]}>>}
 */
export function sendBatch(token, scans) {
  const body = JSON.stringify({ scans, sent_at: new Date().toISOString() });
  return call("scans/batch", { method: "POST", headers: headers(token), body }, BATCH_PATIENCE_MS);
}
