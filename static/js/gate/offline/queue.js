/** Decisions on their way to the server: stored before they are shown, sent oldest first, deleted when answered. */

import { sendBatch } from "../server.js";
import { result, transaction } from "./database.js";

/**
 * @typedef {import("../server.js").OfflineScan} OfflineScan
 * @typedef {{sequence: number, scan: OfflineScan}} Waiting
 * @typedef {{nonce: string, pass: string, direction: "entry" | "exit", people: number, returned?: number, at: number, open?: 1,
 *   answered: boolean}} Movement
 */

const LARGEST_BATCH = 500;

/**
 * Put a decision at the end of the queue, within the caller's transaction.
 * @param {(name: string) => IDBObjectStore} store
 * @param {OfflineScan} scan
 */
export function add(store, scan) {
  store("queue").add({ scan });
}

/** Note people who moved; the next bundle contains them once `answered`. @param {(name: string) => IDBObjectStore} store @param {Omit<Movement, "open">} movement */
export function move(store, movement) {
  store("movements").put({ ...movement, open: 1 });
}

/** How many decisions the server does not have yet. */
export function unsent() {
  return transaction("readonly", (store) => result(store("queue").count()));
}

/** The server has these: delete them from the queue. @param {string[]} nonces */
export function settle(nonces) {
  return transaction("readwrite", async (store) => {
    for (const nonce of nonces) {
      const key = await result(store("queue").index("nonce").getKey(nonce));
      if (key !== undefined) store("queue").delete(key);
      const movement = await result(store("movements").get(nonce));
      if (movement !== undefined) store("movements").put({ ...movement, answered: true });
    }
  });
}

/**
 * Send these; when the server refuses a batch, send its halves, so that one bad decision holds up no other.
 * @param {string} token
 * @param {OfflineScan[]} scans
 * @returns {Promise<"sent" | "stopped" | "withdrawn">}
 */
async function sendAll(token, scans) {
  const outcome = await sendBatch(token, scans);
  if (outcome.kind === "answer") {
    await settle(outcome.body.results.map((one) => one.nonce));
    return "sent";
  }
  if (outcome.kind === "nothing") return "stopped";
  if (outcome.status === 401) return "withdrawn";
  if (scans.length === 1) return "sent"; // refused when sent alone: it stays in the queue, counted as unsent
  const middle = scans.length >> 1;
  const first = await sendAll(token, scans.slice(0, middle));
  return first === "sent" ? sendAll(token, scans.slice(middle)) : first;
}

/**
 * Send all that waits, oldest first; safe to repeat, and safe if killed at any point.
 * @param {string} token
 * @returns {Promise<"sent" | "stopped" | "withdrawn">}
 */
export async function flush(token) {
  for (let after = -Infinity; ; ) {
    /** @type {Waiting[]} */
    const rows = await transaction("readonly", (store) =>
      result(store("queue").getAll(IDBKeyRange.lowerBound(after, true), LARGEST_BATCH)),
    );
    const last = rows.at(-1);
    if (last === undefined) return "sent";
    const outcome = await sendAll(token, rows.map((row) => row.scan));
    if (outcome !== "sent") return outcome;
    after = last.sequence;
  }
}
