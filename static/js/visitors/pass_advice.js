/** What a pass says to its holder at a moment; exhibition/visitors/advice/pass_advice.py, line by line. */

/** A time in which the hall is disinfected and nobody is let in. @typedef {{starts_at: number, ends_at: number}} Round */
/**
 * A pass with its session, the edition's minutes of grace, and the rounds around that session, in order. Moments are
 * milliseconds since 1970.
 * @typedef {{state: "valid" | "cancelled" | "revoked", fair: "on" | "called_off" | "postponed" | "over",
 *   starts_at: number, ends_at: number, closed: boolean, moved: boolean, party_size: number, admitted: number,
 *   inside: number, early_minutes: number, late_minutes: number, rounds: Round[],
 *   reentry: "never" | "after_round" | "within_session", left_at: number | null}} AdvisedPass
 */
/** What to do, and the moment that the sentence names, if it names one. @typedef {{advice: string, at: number | null}} Advised */

const MINUTE_MS = 60_000;

/** @param {string} advice @param {number | null} at @returns {Advised} */
const advised = (advice, at = null) => ({ advice, at });

/** Whether who has left is let in again now, or once the hall is not sprayed any more. @param {AdvisedPass} facts @param {number} now */
function mayReturn(facts, now) {
  const isOn = facts.fair === "on" && !facts.closed;
  if (!isOn || now >= facts.ends_at + facts.late_minutes * MINUTE_MS || facts.reentry === "never") return false;
  if (facts.reentry === "within_session") return true;
  const leftAt = facts.left_at;
  return leftAt !== null && facts.rounds.some((one) => one.starts_at <= now && leftAt < one.ends_at);
}

/**
 * The first line that is true gives the advice.
 * @param {AdvisedPass} facts
 * @param {number} now
 * @returns {Advised}
 */
export function advise(facts, now) {
  if (facts.state !== "valid") return advised(facts.state === "cancelled" ? "cancelled" : "revoked");
  if (facts.fair === "called_off") return advised("called_off");
  const wereAllIn = facts.admitted >= facts.party_size;
  if (wereAllIn && facts.inside > 0) return advised("inside");
  if (wereAllIn && !mayReturn(facts, now)) return advised("left");
  if (facts.fair === "postponed") return advised("postponed");
  if (facts.fair === "over") return advised("fair_over");
  const opensAt = facts.starts_at - facts.early_minutes * MINUTE_MS;
  const shutsAt = facts.ends_at + facts.late_minutes * MINUTE_MS;
  if (now >= shutsAt) return advised("over");
  const since = Math.max(now, opensAt);
  if (facts.closed || facts.rounds.some((one) => one.starts_at <= since && one.ends_at >= shutsAt)) return advised("closed");
  if (now < opensAt) return advised(facts.moved ? "moved" : "come", facts.starts_at);
  const sprayed = facts.rounds.find((one) => one.starts_at <= now && now < one.ends_at);
  if (sprayed !== undefined) return advised("sprayed", sprayed.ends_at);
  const until = Math.min(shutsAt, ...facts.rounds.map((one) => one.starts_at).filter((starts) => starts > now));
  if (wereAllIn) return advised("go_back", until);
  return advised(facts.admitted > 0 ? "rest_go_in" : "go_in", until);
}
