/** Test passes: decided by the same rule as any pass, and kept nowhere (`gate/rules/rehearsal.py`, `gate/scan/rehearsal.py`). */

import { admit } from "./admission.js";
import { verify } from "./signature.js";

/** @typedef {import("./admission.js").PassFacts} PassFacts */
/** @typedef {import("./admission.js").Edition} Edition */

const SHAPE = /^(EPR1([0-9]{2})([0-9]{18})([0-9]{8}))([A-Z2-7]{103})$/;
const SIGNED_PREFIX = "exhibition-rehearsal-v1\0";
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const PARTY = 4;
const CAPACITY = 100;
const MINUTE_MS = 60_000;
const A_DAY = 24 * 60;
const [INSIDE, WENT_OUT, TOO_EARLY, TOO_LATE, CANCELLED, OLD_QR, FULL] = [2, 3, 4, 5, 6, 7, 8];

/** @param {string} text tidied */
export function isTest(text) {
  return text.startsWith("EPR1");
}

/** @param {string} text */
function fromBase32(text) {
  const bytes = [];
  let bits = 0;
  let count = 0;
  for (const character of text) {
    bits = (bits << 5) | ALPHABET.indexOf(character);
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes.push(bits >> count);
    bits &= (1 << count) - 1;
  }
  return Uint8Array.from(bytes);
}

/**
 * The situation that a test pass of this edition and day stands for; null for any other.
 * @param {string} text tidied
 * @param {string[]} keys public ones, in hex
 * @param {number} exhibitionId
 * @param {string} day like 20261106
 */
export async function situationOf(text, keys, exhibitionId, day) {
  const found = SHAPE.exec(text);
  if (found === null || Number(found[3]) !== exhibitionId || found[4] !== day) return null;
  const message = new TextEncoder().encode(SIGNED_PREFIX + found[1]);
  for (const key of keys) if (await verify(key, fromBase32(found[5]), message)) return Number(found[2]);
  return null;
}

/** @param {number} situation @param {string} exhibition @param {number} now @returns {PassFacts} */
export function factsOf(situation, exhibition, now) {
  const later = situation === TOO_EARLY ? A_DAY : situation === TOO_LATE ? -A_DAY : 0;
  const start = now + (later - 10) * MINUTE_MS;
  return {
    exhibition,
    state: situation === CANCELLED ? "cancelled" : "valid",
    generation: situation === OLD_QR ? 1 : 0,
    party_size: PARTY,
    inside: situation === INSIDE ? PARTY : 0,
    admitted: situation === INSIDE || situation === WENT_OUT ? PARTY : 0,
    left_at: situation === WENT_OUT ? now - 5 * MINUTE_MS : null,
    slot: { starts_at: start, ends_at: start + 60 * MINUTE_MS, closed: false },
  };
}

/**
 * @param {number} situation
 * @param {Edition} edition
 * @param {"entry" | "exit"} direction
 * @param {number} now
 * @param {number | null} people
 */
export function rehearse(situation, edition, direction, now, people) {
  const hall = { inside: situation === FULL ? CAPACITY : 0, capacity: CAPACITY };
  /** @type {import("./admission.js").Attempt} */
  const attempt = { presented: "token", direction, device: "rehearsal", now, generation: 0, people, screening_failed: false };
  return admit(attempt, edition, hall, factsOf(situation, edition.exhibition, now), null);
}
