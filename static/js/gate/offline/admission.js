/** Admission: one pure function from a shown pass to a verdict; exhibition/gate/rules/admission.py, line by line. */

/**
 * One attempt at a gate. `people` null: everybody who can still move on the pass. `generation` null: a typed code.
 * @typedef {{presented: "token" | "code" | "damaged" | "other", direction: "entry" | "exit", device: string,
 *   now: number, generation: number | null, people: number | null, screening_failed: boolean}} Attempt
 */
/**
 * The state of the pass; `admitted` counts people ever let in, `inside` those in now. A badge has
 * `reentry` (its holder may come in again whenever they are out) and the moment of its last movement. `left_at` is when
 * somebody of the party went out last.
 * @typedef {{exhibition: string, state: "valid" | "cancelled" | "revoked", generation: number, party_size: number,
 *   inside: number, admitted: number, slot: {starts_at: number, ends_at: number, closed: boolean},
 *   reentry?: boolean, moved_at?: number | null, left_at?: number | null}} PassFacts
 */
/**
 * The fair, who may come back, and when its last disinfection round ended that is over.
 * @typedef {{exhibition: string, early_minutes: number, late_minutes: number,
 *   reentry?: "never" | "after_round" | "within_session", round_over_at?: number | null}} Edition
 */
/** People inside and how many may be: offline, of the device's allotment. @typedef {{inside: number, capacity: number}} Hall */
/** The last accepted entry on the pass. @typedef {{device: string, at: number}} Earlier */
/** @typedef {{verdict: "accepted" | "refused", code: string, people: number}} Decision */

const REPEAT_WINDOW_MS = 10_000;
const MINUTE_MS = 60_000;
const AWAY_AFTER_MS = 8 * 60 * MINUTE_MS;

/** @param {number} people @returns {Decision} */
const accepted = (people) => ({ verdict: "accepted", code: "accepted", people });
/** @param {string} code @returns {Decision} */
const refused = (code) => ({ verdict: "refused", code, people: 0 });

/**
 * Decide one attempt; the first check that fails gives the code. Moments are milliseconds since 1970.
 * @param {Attempt} attempt
 * @param {Edition} edition
 * @param {Hall} hall
 * @param {PassFacts | null} pass
 * @param {Earlier | null} earlier
 * @returns {Decision}
 */
export function admit(attempt, edition, hall, pass, earlier) {
  if (attempt.presented === "damaged") return refused("bad_signature");
  if (attempt.presented === "other" || pass === null) return refused("unknown");
  if (pass.exhibition !== edition.exhibition) return refused("wrong_exhibition");
  if (attempt.direction === "exit" && pass.inside > 0) return leave(attempt, pass);
  if (attempt.generation !== null && attempt.generation < pass.generation) return refused("superseded");
  if (pass.state === "cancelled") return refused("cancelled");
  if (pass.state === "revoked") return refused("revoked");
  if (attempt.direction === "exit") return refused("not_inside");
  if (attempt.screening_failed) return refused("protocol_refused");
  return enter(attempt, edition, hall, pass, earlier);
}

/** @param {Attempt} attempt @param {PassFacts} pass */
function leave(attempt, pass) {
  const people = attempt.people ?? pass.inside;
  return people > pass.inside ? refused("party_exceeded") : accepted(people);
}

/** @param {Attempt} attempt @param {Edition} edition @param {Hall} hall @param {PassFacts} pass @param {Earlier | null} earlier */
function enter(attempt, edition, hall, pass, earlier) {
  const left = pass.party_size - used(attempt, edition, pass);
  if (left <= 0) return refused(isRepeat(attempt, earlier) ? "repeat_scan" : "already_used");
  if (pass.slot.closed) return refused("slot_closed");
  if (attempt.now < pass.slot.starts_at - edition.early_minutes * MINUTE_MS) return refused("too_early");
  if (attempt.now >= pass.slot.ends_at + edition.late_minutes * MINUTE_MS) return refused("too_late");
  const people = attempt.people ?? left;
  if (people > left) return refused("party_exceeded");
  if (hall.inside + people > hall.capacity) return refused("venue_full");
  return accepted(people);
}

/** How many of the party cannot enter: those inside, and those who have left for good. @param {Attempt} attempt @param {Edition} edition @param {PassFacts} pass */
function used(attempt, edition, pass) {
  if (pass.reentry) return present(attempt, pass);
  return mayReturn(edition, pass) ? pass.inside : Math.max(pass.admitted, pass.inside);
}

/**
 * Whether those of the party who have left may come in again, as long as their slot lasts.
 * @param {Edition} edition
 * @param {PassFacts} pass
 */
export function mayReturn(edition, pass) {
  const reentry = edition.reentry ?? "within_session";
  const leftAt = pass.left_at ?? null;
  if (reentry !== "after_round" || leftAt === null) return reentry === "within_session";
  const overAt = edition.round_over_at ?? null;
  return (overAt !== null && leftAt < overAt) || pass.slot.closed;
}

/**
 * How many of `people` who enter have been in before: first of all those who have left come back.
 * @param {Edition} edition
 * @param {PassFacts} pass
 * @param {number} people
 */
export function comingBack(edition, pass, people) {
  return mayReturn(edition, pass) ? Math.min(people, Math.max(0, pass.admitted - pass.inside)) : 0;
}

/** @param {Attempt} attempt @param {PassFacts} badge */
function present(attempt, badge) {
  const movedAt = badge.moved_at ?? null;
  return movedAt !== null && attempt.now - movedAt >= AWAY_AFTER_MS ? 0 : badge.inside;
}

/** @param {Attempt} attempt @param {Earlier | null} earlier */
function isRepeat(attempt, earlier) {
  return earlier !== null && earlier.device === attempt.device && attempt.now - earlier.at < REPEAT_WINDOW_MS;
}
