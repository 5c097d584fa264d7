/** What the device remembers between visits: its identity, direction, camera, voice, and the hand that holds it. */

/**
 * @typedef {{token: string, device: {id: number, name: string}, gate: {code: string, name: string}}} Enrolled
 * @typedef {"entry" | "exit"} Direction
 */

const DEVICE = "gate.device";
const DIRECTION = "gate.direction";
const CAMERA = "gate.camera";
const HAND = "gate.hand";
const VOICE = "gate.voice";

/** @typedef {"right" | "left"} Hand */

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

/** The id of the camera chosen by the user; null for the one at the back. */
export function camera() {
  return localStorage.getItem(CAMERA);
}

/** @param {string | null} id */
export function rememberCamera(id) {
  if (id === null) localStorage.removeItem(CAMERA);
  else localStorage.setItem(CAMERA, id);
}

/** The hand that holds the phone: the buttons are on the thumb's side. @returns {Hand} */
export function hand() {
  return localStorage.getItem(HAND) === "left" ? "left" : "right";
}

/** @param {Hand} wanted */
export function rememberHand(wanted) {
  localStorage.setItem(HAND, wanted);
}

/** Whether answers are spoken. */
export function voice() {
  return localStorage.getItem(VOICE) === "on";
}

/** @param {boolean} wanted */
export function rememberVoice(wanted) {
  if (wanted) localStorage.setItem(VOICE, "on");
  else localStorage.removeItem(VOICE);
}
