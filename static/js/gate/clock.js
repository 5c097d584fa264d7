/** The server's time by this device's clock: how far that is off is measured with every bundle. */

let offsetMs = 0;

/** @param {number} ms what the device's clock is behind the server's */
export function setOffset(ms) {
  offsetMs = ms;
}

/** Now, in milliseconds since 1970, by the server's clock. */
export function now() {
  return Date.now() + offsetMs;
}
