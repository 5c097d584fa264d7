/** What the device remembers between visits: who it is, and which way it looks. */

/**
 * @typedef {{token: string, device: {id: number, name: string}, gate: {code: string, name: string}}} Enrolled
 * @typedef {"entry" | "exit"} Direction
 */

const DEVICE = "gate.device";
const DIRECTION = "gate.direction";

/** @returns {Enrolled | null} */
export function device() {
  try {
    return JSON.parse(localStorage.getItem(DEVICE) ?? "null");
  } catch {
    return null;
  }
}

/** @param {Enrolled} enrolled */
export function rememberDevice(enrolled) {
  localStorage.setItem(DEVICE, JSON.stringify(enrolled));
}

export function forgetDevice() {
  localStorage.removeItem(DEVICE);
}

/** @returns {Direction} */
export function direction() {
  return localStorage.getItem(DIRECTION) === "exit" ? "exit" : "entry";
}

/** @param {Direction} wanted */
export function rememberDirection(wanted) {
  localStorage.setItem(DIRECTION, wanted);
}
