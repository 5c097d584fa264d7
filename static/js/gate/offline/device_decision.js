/** The device decides by itself: admission.js on the bundle, on own movements since, and on its allotment of places. */

import { admit, comingBack } from "./admission.js";
import { badgeFacts, badgeTold, codeDigest, isBadge } from "./badge.js";
import { load, read } from "./bundle.js";
import { result, transaction } from "./database.js";
import { add, move } from "./queue.js";
import * as rehearsal from "./rehearsal.js";
import { decode, looksLike, tidy } from "./token.js";

/** @typedef {import("./bundle.js").Facts} Facts */
/** @typedef {import("./bundle.js").KnownPass} KnownPass */
/** @typedef {import("./queue.js").Movement} Movement */
/** @typedef {import("./token.js").Token} Token */
/** @typedef {import("../server.js").Scan} Scan */
/** @typedef {import("../server.js").Answer} Answer */
/** @typedef {(name: string) => IDBObjectStore} Store */

const DAY_MS = 24 * 3600 * 1000;

/** @param {Facts} facts */
export const keysOf = (facts) => new Map(facts.keys.map((key) => [key.id, key.public_key]));

/** People who came in, less those who left. @param {Movement[]} movements */
function net(movements) {
  return movements.reduce((sum, one) => sum + (one.direction === "entry" ? one.people : -one.people), 0);
}

/**
 * Whether a token belongs to this fair. Its text does not say so, but its slot must be one of ours, on our days.
 * @param {Token} token
 * @param {Facts} facts
 */
function isOurs(token, facts) {
  const starts = facts.slots.map((slot) => Date.parse(slot.starts_at));
  const inOurDays = token.starts_at >= Math.min(...starts) - DAY_MS && token.starts_at <= Math.max(...starts) + DAY_MS;
  return inOurDays && facts.slots.some((slot) => slot.number === token.slot);
}

/**
 * The slot from the bundle, else from the token.
 * @param {Facts} facts
 * @param {number} number
 * @param {Token | null} token
 */
function slotOf(facts, number, token) {
  const slot = facts.slots.find((one) => one.number === number);
  if (slot === undefined) return { starts_at: token?.starts_at ?? 0, ends_at: token?.ends_at ?? 0, closed: false };
  return { starts_at: Date.parse(slot.starts_at), ends_at: Date.parse(slot.ends_at), closed: slot.closed };
}

/** The disinfection round that is on. @param {Facts} facts @param {number} now */
function disinfectionAt(facts, now) {
  return facts.rounds?.find((one) => Date.parse(one.starts_at) <= now && now < Date.parse(one.ends_at));
}

/** When the last disinfection round ended that is over. @param {Facts} facts @param {number} now */
function roundOverAt(facts, now) {
  const ends = (facts.rounds ?? []).map((one) => Date.parse(one.ends_at)).filter((end) => end <= now);
  return ends.length === 0 ? null : Math.max(...ends);
}

/** Places this device may give, and the cap: a planned change begins without the server. @param {Facts} facts @param {number} now */
function allotmentAt(facts, now) {
  const begun = facts.allotment.later?.filter((one) => Date.parse(one.starts_at) <= now) ?? [];
  return begun.at(-1) ?? { places: facts.allotment.places, capacity: facts.occupancy.capacity };
}

/**
 * The state of the pass: from its token where that is newer than the bundle, and from own movements since.
 * @param {Facts} facts
 * @param {Token | null} token
 * @param {KnownPass | undefined} known
 * @param {Movement[]} own on this pass
 */
function passFacts(facts, token, known, own) {
  const newer = token !== null && token.generation > (known?.generation ?? -1) ? token : null;
  const open = own.filter((movement) => movement.open === 1);
  const entered = open.filter((movement) => movement.direction === "entry");
  const visitors = entered.reduce((sum, one) => sum + one.people - (one.returned ?? 0), 0);
  const exits = open.filter((movement) => movement.direction === "exit").map((movement) => movement.at);
  const leftBefore = known?.left_at ? Date.parse(known.left_at) : 0;
  return {
    exhibition: token === null || known !== undefined || isOurs(token, facts) ? facts.exhibition.slug : "",
    state: known?.state ?? /** @type {const} */ ("valid"),
    generation: newer?.generation ?? known?.generation ?? 0,
    party_size: newer?.party_size ?? known?.party_size ?? 0,
    inside: Math.max(0, (known?.inside ?? 0) + net(open)),
    admitted: (known?.admitted ?? 0) + visitors,
    left_at: Math.max(leftBefore, ...exits) || null,
    slot: slotOf(facts, newer?.slot ?? known?.slot ?? 0, token),
  };
}

/** The last entry that this device let in. @param {Movement[]} own @param {Facts} facts */
function earlierOf(own, facts) {
  const last = own.filter((one) => one.direction === "entry").sort((one, other) => other.at - one.at)[0];
  return last === undefined ? null : { device: String(facts.device.id), at: last.at };
}

/**
 * @param {Scan} scan
 * @param {Facts} facts
 * @returns {Promise<{presented: "token" | "code" | "damaged" | "other", token: Token | null}>}
 */
async function present(scan, facts) {
  if (scan.token === undefined) return { presented: "code", token: null };
  const text = tidy(scan.token);
  if (!looksLike(text)) return { presented: "other", token: null };
  const token = await decode(text, keysOf(facts));
  return { presented: token === null ? "damaged" : "token", token };
}

/** @param {Scan} scan @param {import("./admission.js").Decision} decision @returns {import("../server.js").OfflineScan} */
function forQueue(scan, decision) {
  const { nonce, direction, scanned_at, token, code, mask, screening } = scan;
  const named = token === undefined ? { short_code: code } : { token };
  return { nonce, direction, scanned_at, ...named, mask, screening, offline: true, ...decision };
}

/**
 * Decide a scan without the server and store the decision, in one step.
 * @param {Scan} scan
 * @returns {Promise<Answer | null>} null: too little is known (no bundle, or a short code missing from it)
 */
export async function decide(scan) {
  const before = await load();
  if (before === null) return null;
  if (scan.token !== undefined && rehearsal.isTest(tidy(scan.token))) return rehearseHere(scan, tidy(scan.token), before);
  const { presented, token } = await present(scan, before);
  const digest = scan.code === undefined ? undefined : await codeDigest(before.code_salt, scan.code);
  return transaction("readwrite", async (store) => {
    const facts = (await read(store)) ?? before;
    /** @type {KnownPass | undefined} */
    const known = token !== null ? await result(store("passes").get(token.pass_id)) : await byDigest(store, digest);
    if (presented === "code" && known === undefined) return null;
    const id = token?.pass_id ?? known?.id ?? "";
    /** @type {Movement[]} */
    const own = await result(store("movements").index("pass").getAll(id));
    /** @type {Movement[]} */
    const open = await result(store("movements").index("open").getAll());
    const now = Date.now() + facts.clock_offset_ms;
    const badge = isBadge(token, known);
    const factsOf = badge ? badgeFacts : passFacts;
    /** @type {PassFacts | null} */
    const pass = token === null && known === undefined ? null : factsOf(facts, token, known, own);
    const earlier = earlierOf(own, facts);
    const attempt = {
      presented,
      direction: scan.direction,
      device: String(facts.device.id),
      now,
      generation: token?.generation ?? null,
      people: scan.people ?? null,
      screening_failed: scan.mask === "missing" || scan.screening === "failed",
    };
    const edition = { ...facts.exhibition, exhibition: facts.exhibition.slug, round_over_at: roundOverAt(facts, now) };
    const room = { inside: net(open), capacity: allotmentAt(facts, now).places };
    if (pass !== null && disinfectionAt(facts, now) !== undefined) pass.slot.closed = true;
    const decision = admit(attempt, edition, room, pass, earlier);
    add(store, forQueue(scan, decision));
    const wentOutAt = pass !== null && pass.admitted > pass.inside ? (pass.left_at ?? null) : null;
    const returned = pass !== null && scan.direction === "entry" ? comingBack(edition, pass, decision.people) : 0;
    if (decision.verdict === "accepted") {
      const { people } = decision;
      const moved = { nonce: scan.nonce, pass: id, direction: scan.direction, people, returned, at: now, answered: false };
      move(store, moved);
      open.push(moved);
      count(pass, scan.direction, people, returned);
    }
    const told = {
      ...answer(facts, decision, pass, earlier, now, net(open)),
      ...(wentOutAt === null ? {} : { left_at: new Date(wentOutAt).toISOString() }),
      ...(returned > 0 ? { returned } : {}),
    };
    return badge && told.pass !== null ? { ...told, badge: badgeTold(known) } : told;
  });
}

/** A test pass: decided, and kept nowhere. @param {Scan} scan @param {string} text @param {Facts} facts @returns {Promise<Answer>} */
async function rehearseHere(scan, text, facts) {
  const now = Date.now() + facts.clock_offset_ms;
  const { id, slug, timezone } = facts.exhibition;
  const day = new Intl.DateTimeFormat("sv", { timeZone: timezone }).format(now).replaceAll("-", "");
  const situation = await rehearsal.situationOf(text, [...keysOf(facts).values()], id, day);
  const unknown = { verdict: /** @type {const} */ ("refused"), code: "unknown", people: 0 };
  if (situation === null) return { ...answer(facts, unknown, null, null, now, 0), rehearsal: true };
  const edition = { ...facts.exhibition, exhibition: slug };
  const pass = rehearsal.factsOf(situation, slug, now);
  const decision = rehearsal.rehearse(situation, edition, scan.direction, now, scan.people ?? null);
  const returned = scan.direction === "entry" ? comingBack(edition, pass, decision.people) : 0;
  count(pass, scan.direction, decision.people, returned);
  const told = { ...answer(facts, decision, pass, null, now, 0), ...(returned > 0 ? { returned } : {}) };
  return { ...told, ...(pass.left_at ? { left_at: new Date(pass.left_at).toISOString() } : {}), rehearsal: true };
}

/** @param {Store} store @param {string | undefined} digest */
async function byDigest(store, digest) {
  return digest === undefined ? undefined : result(store("passes").index("code").get(digest));
}

/** @typedef {import("./admission.js").PassFacts} PassFacts */

/** @param {PassFacts | null} pass @param {"entry" | "exit"} direction @param {number} people @param {number} returned */
function count(pass, direction, people, returned) {
  if (pass === null) return;
  if (direction === "entry") pass.admitted += people - returned;
  pass.inside += direction === "entry" ? people : -people;
}

/** The hall's count as far as this device knows: the bundle's, and its own scans since. @returns {Promise<import("../server.js").Count | null>} */
export async function countKnown() {
  return transaction("readonly", async (store) => {
    const facts = await read(store);
    if (facts === null) return null;
    /** @type {Movement[]} */
    const open = await result(store("movements").index("open").getAll());
    return occupancyOf(facts, net(open), Date.now() + facts.clock_offset_ms);
  });
}

/** @param {Facts} facts @param {number} moved people who came in since the bundle @param {number} now */
function occupancyOf(facts, moved, now) {
  return { inside: Math.max(0, facts.occupancy.inside + moved), capacity: allotmentAt(facts, now).capacity };
}

/**
 * The decision in the shape of the server's answer.
 * @param {Facts} facts
 * @param {import("./admission.js").Decision} decision
 * @param {PassFacts | null} pass
 * @param {import("./admission.js").Earlier | null} earlier
 * @param {number} now
 * @param {number} moved people who came in since the bundle
 * @returns {Answer}
 */
function answer(facts, decision, pass, earlier, now, moved) {
  const named = pass !== null && decision.code !== "wrong_exhibition";
  const used = decision.code === "already_used" || decision.code === "repeat_scan";
  const text = (/** @type {number} */ moment) => new Date(moment).toISOString();
  const round = decision.code === "slot_closed" ? disinfectionAt(facts, now) : undefined;
  return {
    offline: true,
    scan_id: 0,
    ...decision,
    pass: named ? { party_size: pass.party_size, inside: pass.inside, admitted: pass.admitted } : null,
    slot: named ? { starts_at: text(pass.slot.starts_at), ends_at: text(pass.slot.ends_at) } : null,
    occupancy: occupancyOf(facts, moved, now),
    ...(used && earlier !== null
      ? { earlier: { gate: facts.gate.code, gate_name: facts.gate.name, at: text(earlier.at) } }
      : {}),
    ...(round === undefined ? {} : { reopens_at: round.ends_at }),
    server_at: text(now),
  };
}
