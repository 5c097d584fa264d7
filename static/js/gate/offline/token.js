/** The signed text in the QR of a pass or badge (docs/adr/0003-token.md): tidied, taken apart, and its signature checked. */

import * as signatures from "./signature.js";

/**
 * The content of a valid token; moments are milliseconds since 1970. A badge's slot is its edition's id, and it has no
 * end.
 * @typedef {{kind: number, key_id: number, pass_id: string, slot: number, party_size: number, generation: number,
 *   starts_at: number, ends_at: number}} Token
 */
/** Public keys in hex, by their ids. @typedef {Map<number, string>} Keys */

const PASS_KIND = 1;
export const BADGE_KIND = 2;
export const SLOT_NUMBERS = 1 << 16;
const PREFIX = "EP1";
const SHAPE = /^EP1[A-Z2-7]{132}$/;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BODY_LENGTH = 18;
const SIGNED_PREFIX = new TextEncoder().encode("exhibition-pass-v1\0");
const EPOCH_MS = Date.UTC(2020, 0, 1);
const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
/** Prefixes that scanner hardware may add: its charset, its symbology, spaces. */
const STRAY_PREFIX = /^(?:\\[0-9]{6}|\][A-Z][0-9A-Z]|[^A-Z0-9])+/;
const STRAY_SUFFIX = /[^A-Z0-9]+$/;

/** A scanner's text without prefixes, in one letter case. @param {string} text */
export function tidy(text) {
  return text.toUpperCase().replace(STRAY_PREFIX, "").replace(STRAY_SUFFIX, "");
}

/** Whether a tidied text looks like one of our tokens, valid or not. @param {string} text */
export function looksLike(text) {
  return text.startsWith(PREFIX);
}

/** The bytes of Base32; null where spare bits are not zero: a pass has exactly one text. @param {string} text */
function fromBase32(text) {
  const bytes = [];
  let bits = 0;
  let count = 0;
  for (const character of text) {
    bits = (bits << 5) | ALPHABET.indexOf(character);
    count += 5;
    if (count >= 8) {
      count -= 8;
      bytes.push(bits >> count);
      bits &= (1 << count) - 1;
    }
  }
  return bits === 0 ? Uint8Array.from(bytes) : null;
}

/**
 * Read a token and check its signature; null for anything damaged, forged or of an unknown key.
 * @param {string} text tidied
 * @param {Keys} keys
 * @param {signatures.Verify} verify
 * @returns {Promise<Token | null>}
 */
export async function decode(text, keys, verify = signatures.verify) {
  if (!SHAPE.test(text)) return null;
  const raw = fromBase32(text.slice(PREFIX.length));
  if (raw === null) return null;
  const view = new DataView(raw.buffer);
  const kind = view.getUint8(0);
  const key = keys.get(view.getUint8(1));
  if ((kind !== PASS_KIND && kind !== BADGE_KIND) || key === undefined) return null;
  const body = raw.slice(0, BODY_LENGTH);
  const message = new Uint8Array([...SIGNED_PREFIX, ...body]);
  if (!(await verify(key, raw.slice(BODY_LENGTH), message))) return null;
  const minutes = view.getUint32(13) & 0xffffff;
  const startsAt = EPOCH_MS + minutes * MINUTE_MS;
  return {
    kind,
    key_id: view.getUint8(1),
    pass_id: view.getBigUint64(2).toString(16).padStart(16, "0"),
    slot: view.getUint16(10),
    party_size: view.getUint8(12),
    generation: view.getUint8(13),
    starts_at: startsAt,
    ends_at: startsAt + view.getUint8(17) * QUARTER_MS,
  };
}
