/** A badge of an exhibitor's staff on the device: like a pass, but its holder may come in again whenever they are out. */

import { BADGE_KIND, SLOT_NUMBERS } from "./token.js";

/** @typedef {import("./bundle.js").Facts} Facts */
/** @typedef {import("./bundle.js").KnownPass} KnownPass */
/** @typedef {import("./queue.js").Movement} Movement */
/** @typedef {import("./token.js").Token} Token */

/** Whether the shown or typed text is a badge. @param {Token | null} token @param {KnownPass | undefined} known */
export function isBadge(token, known) {
  return token === null ? known?.badge !== undefined : token.kind === BADGE_KIND;
}

/**
 * The badge's state for the rule: the bundle's, and the last of the device's own movements since. A badge that the
 * bundle does not name yet is trusted by its signature, if it is of this edition.
 * @param {Facts} facts
 * @param {Token | null} token
 * @param {KnownPass | undefined} known
 * @param {Movement[]} own on this badge
 */
export function badgeFacts(facts, token, known, own) {
  const last = own.filter((movement) => movement.open === 1).sort((one, other) => other.at - one.at)[0];
  const inside = last === undefined ? (known?.inside ?? 0) : Number(last.direction === "entry");
  const bundled = known?.moved_at ? Date.parse(known.moved_at) : null;
  const ours = known !== undefined || token?.slot === facts.exhibition.id % SLOT_NUMBERS;
  const { badges_from: from, badges_until: until } = facts.exhibition;
  return {
    exhibition: ours ? facts.exhibition.slug : "",
    state: known?.state ?? /** @type {const} */ ("valid"),
    generation: Math.max(known?.generation ?? 0, token?.generation ?? 0),
    party_size: 1,
    inside,
    admitted: inside,
    reentry: true,
    moved_at: last?.at ?? bundled,
    slot: { starts_at: Date.parse(from), ends_at: Date.parse(until), closed: false },
  };
}

/** Its exhibitor and booth, as in the server's answer; nothing for a badge too new for the bundle. @param {KnownPass | undefined} known */
export function badgeTold(known) {
  return known?.badge ?? { exhibitor: "", booth: null };
}

/**
 * The key of a refusal's sentence, where the code alone does not say it.
 * @param {{code: string, badge?: {booth: string | null}, earlier?: object}} answer
 */
export function badgeReason({ code, badge, earlier }) {
  if (code === "revoked" && badge?.booth === null) return "not_confirmed";
  return code === "already_used" && earlier === undefined ? "already_inside" : code;
}

/** A typed code as stored: a badge's B is easily misread as an 8, with which no code begins. @param {string} code */
export function tidyCode(code) {
  return code.replace(/^8/, "B");
}

const DIGEST_LENGTH = 20;

/** What the bundle has in place of a typed short code. @param {string} salt @param {string} code @returns {Promise<string>} */
export async function codeDigest(salt, code) {
  const bytes = new TextEncoder().encode(salt + tidyCode(code));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, DIGEST_LENGTH);
}
