/** Keeps the screen on while the scanner is in front; browsers release the lock whenever the page is hidden. */

/** @type {WakeLockSentinel | null} */
let lock = null;
let wanted = false;

async function hold() {
  if (!wanted || document.hidden || (lock !== null && !lock.released)) return;
  lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null; // phones refuse when the battery is low
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
