/** Sounds and vibration that tell the answers apart without looking: rising, low, knocking. */

/** @typedef {"accepted" | "refused" | "look"} Tone */

/**
 * Each note: frequency in hertz, start and length in seconds.
 * @type {Record<Tone, {wave: OscillatorType, notes: [number, number, number][], vibration: number[]}>}
 */
const TONES = {
  accepted: { wave: "sine", notes: [[660, 0, 0.12], [990, 0.12, 0.2]], vibration: [80] },
  refused: { wave: "square", notes: [[160, 0, 0.6]], vibration: [400] },
  look: { wave: "triangle", notes: [[440, 0, 0.12], [440, 0.2, 0.12], [440, 0.4, 0.12]], vibration: [100, 80, 100, 80, 100] },
};
const LOUDNESS = 0.25;
const FADE_S = 0.03;

/** @type {AudioContext | null} */
let context = null;

/** Browsers let a page sound only after a touch or key: call this on the first one. */
export function unlock() {
  context ??= new AudioContext();
  if (context.state === "suspended") void context.resume();
}

/** @param {Tone} tone */
export function play(tone) {
  const { wave, notes, vibration } = TONES[tone];
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(vibration);
  if (context === null) return;
  for (const [frequency, start, length] of notes) {
    const from = context.currentTime + start;
    const oscillator = context.createOscillator();
    const volume = context.createGain();
    oscillator.type = wave;
    oscillator.frequency.value = frequency;
    volume.gain.setValueAtTime(LOUDNESS, from);
    volume.gain.setTargetAtTime(0, from + length - FADE_S, FADE_S / 3);
    oscillator.connect(volume).connect(context.destination);
    oscillator.start(from);
    oscillator.stop(from + length);
  }
}
