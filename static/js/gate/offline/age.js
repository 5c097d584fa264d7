/** The age of the device's data and its colour: the same rule as the server's (`gate/rules/admission.py`). */

const MINUTE_MS = 60_000;

/**
 * Whole minutes since the bundle came, null without one, and its colour. Moments are milliseconds since 1970.
 * @param {number | null} receivedAt
 * @param {number} now
 * @param {number} amberMinutes
 * @param {number} redMinutes
 * @returns {{minutes: number | null, level: "" | "amber" | "red"}}
 */
export function dataAge(receivedAt, now, amberMinutes, redMinutes) {
  if (receivedAt === null) return { minutes: null, level: "red" };
  const minutes = Math.max(0, Math.floor((now - receivedAt) / MINUTE_MS));
  return { minutes, level: minutes >= redMinutes ? "red" : minutes >= amberMinutes ? "amber" : "" };
}
