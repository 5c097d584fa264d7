/** The server's data for a device to decide alone: accepted only when signed with a known key. */

import { result, transaction } from "./database.js";
import { fromHex, verify } from "./signature.js";

/**
 * @typedef {{id: string, generation: number, state: "valid" | "cancelled" | "revoked", admitted: number,
 *   inside: number, slot: number, party_size: number, code_digest: string, moved_at?: string | null, left_at?: string | null,
 *   badge?: {exhibitor: string, booth: string | null}}} KnownPass
 * @typedef {{number: number, starts_at: string, ends_at: string, closed: boolean}} KnownSlot
 * @typedef {{places: number, later?: {starts_at: string, capacity: number, places: number}[]}} Allotment free places now, and from each coming change of the cap on
 * @typedef {{version: number, server_time: string,
 *   exhibition: {id: number, slug: string, timezone: string, early_minutes: number, late_minutes: number,
 *     reentry?: "never" | "after_round" | "within_session",
 *     offline_after_ms: number, amber_minutes: number, red_minutes: number, mask_required?: boolean,
 *     screening_question?: string, override_codes?: string[], walk_in_name_required?: boolean, badges_from: string, badges_until: string},
 *   device: {id: number, name: string}, gate: {code: string, name: string},
 *   keys: {id: number, public_key: string}[], code_salt: string, slots: KnownSlot[], rounds?: {starts_at: string, ends_at: string}[], allotment: Allotment,
 *   occupancy: {inside: number, capacity: number}}} Standing
 * @typedef {Standing & {since: number | null, passes: KnownPass[], signature: string}} Bundle
 */
/** The stored bundle: `received_at` by this device's clock, which is `clock_offset_ms` behind the server's. @typedef {Standing & {received_at: number, clock_offset_ms: number}} Facts */

const SIGNED_PREFIX = "exhibition-bundle-v1\0";
const KEY = "bundle";
const KEPT_MS = 24 * 3600 * 1000;

/** The JSON that is signed: sorted keys, no spaces. @param {unknown} value @returns {string} */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
}

/**
 * Whether the bundle is signed with one of the keys (hex).
 * @param {Bundle} bundle
 * @param {string[]} keys
 */
export async function isSigned(bundle, keys) {
  const { signature, ...content } = bundle;
  const message = new TextEncoder().encode(SIGNED_PREFIX + canonical(content));
  for (const key of keys) if (await verify(key, fromHex(signature), message)) return true;
  return false;
}

/** The stored bundle, or null. @param {(name: string) => IDBObjectStore} store @returns {Promise<Facts | null>} */
export async function read(store) {
  return (await result(store("facts").get(KEY))) ?? null;
}

/** @returns {Promise<Facts | null>} */
export function load() {
  return transaction("readonly", read);
}

/** Nonces of own movements that any bundle requested from now on will contain: the server has answered them. */
export function answeredMovements() {
  return transaction("readonly", async (store) => {
    /** @type {{nonce: string, answered: boolean}[]} */
    const open = await result(store("movements").index("open").getAll());
    return open.filter((movement) => movement.answered).map((movement) => movement.nonce);
  });
}

/** @param {(name: string) => IDBObjectStore} store @param {string[]} contained @param {number} now */
async function closeMovements(store, contained, now) {
  for (const nonce of contained) {
    const movement = await result(store("movements").get(nonce));
    if (movement === undefined) continue;
    delete movement.open;
    store("movements").put(movement);
  }
  for (const movement of await result(store("movements").getAll())) {
    if (movement.open === undefined && movement.at < now - KEPT_MS) store("movements").delete(movement.nonce);
  }
}

/**
 * Store a bundle if it is signed with a known key, and is complete or builds on the stored one.
 * @param {Bundle} bundle
 * @param {string[]} contained own movements that it contains
 * @returns {Promise<Facts | null>} null: not accepted
 */
export async function take(bundle, contained) {
  const known = await load();
  const trusted = (known ?? bundle).keys.map((key) => key.public_key);
  if (bundle.since !== null && bundle.since !== known?.version) return null;
  if (!(await isSigned(bundle, trusted))) return null;
  const { passes, since, signature, ...standing } = bundle;
  const now = Date.now();
  /** @type {Facts} */
  const facts = { ...standing, received_at: now, clock_offset_ms: Date.parse(standing.server_time) - now };
  return transaction("readwrite", async (store) => {
    if (since === null) store("passes").clear();
    for (const one of passes) store("passes").put(one);
    store("facts").put(facts, KEY);
    await closeMovements(store, contained, now);
    return facts;
  });
}

/** Delete everything except unsent decisions: those belong to the server, whichever device sends them. */
export function wipe() {
  return transaction("readwrite", async (store) => {
    for (const name of ["facts", "passes", "movements"]) store(name).clear();
  });
}
