/** Keeps the screen on while the scanner is in front; browsers let go of it whenever the page is hidden. */

/** @type {WakeLockSentinel | null} */
let lock = null;
let wanted = false;

async function hold() {
  if (!wanted || document.hidden || (lock !== null && !lock.released)) return;
  lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null; // with an empty battery phones refuse
}

export function keep() {
  wanted = true;
  void hold();
}

export function release() {
  wanted = false;
  void lock?.release();
  lock = null;
}

document.addEventListener("visibilitychange", () => void hold());
