/**
 * The camera: pictures in, texts of QR codes out. A code that stays in view is reported once, whatever else comes into
 * view. When the camera is taken away (by another app, the lock screen, a loose cable), the page says so and recovers
 * by itself.
 */

import * as memory from "../memory.js";
import { part } from "../page.js";
import { Reader } from "./qr_reader.js";

/** @typedef {"starting" | "running" | "denied" | "absent" | "insecure" | "in_use" | "lost" | "failed"} CameraState */
/** @typedef {MediaTrackCapabilities & {torch?: boolean, zoom?: {min: number, max: number, step?: number}}} Capabilities */

const WIDTH = 1280;
const HEIGHT = 720;
const GONE_MS = 1500;
const AGAIN_MS = 2000;
const LONGEST_AGAIN_MS = 30_000;
const MOST_FAULTS = 5;
/** States that may pass by themselves: the camera is tried again. */
const MENDING = new Set(["in_use", "lost", "failed", "absent"]);

/** @param {unknown} error @returns {CameraState} */
function stateOf(error) {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotReadableError" || name === "AbortError") return "in_use";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "absent" : "failed";
}

/** Wait for the next video frame, or for a moment where browsers cannot tell. @param {HTMLVideoElement} video */
function nextPicture(video) {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, 250);
    if (!("requestVideoFrameCallback" in video)) return;
    video.requestVideoFrameCallback(() => {
      clearTimeout(late);
      resolve(undefined);
    });
  });
}

/** Reads codes from the camera until it is stopped. */
export class Camera {
  #video = part("video", HTMLVideoElement);
  #reader = new Reader();
  /** @type {MediaStream | null} */
  #stream = null;
  /** When each code was last in view. @type {Map<string, number>} */
  #seen = new Map();
  #run = 0;
  #again = 0;
  #patience = AGAIN_MS;

  /**
   * @param {(text: string) => void} onText
   * @param {(state: CameraState) => void} onState
   * @param {() => boolean} paused whether codes are ignored for now
   */
  constructor(onText, onState, paused) {
    this.onText = onText;
    this.onState = onState;
    this.paused = paused;
    navigator.mediaDevices?.addEventListener("devicechange", () => {
      if (this.#again !== 0) void this.start();
    });
  }

  get running() {
    return this.#stream !== null;
  }

  /** The video track, for its light and zoom. @returns {MediaStreamTrack | null} */
  get track() {
    return this.#stream?.getVideoTracks()[0] ?? null;
  }

  async start() {
    this.#end();
    const run = ++this.#run;
    if (!navigator.mediaDevices) {
      this.onState(window.isSecureContext ? "absent" : "insecure");
      return;
    }
    this.onState("starting");
    try {
      const stream = await this.#ask();
      if (run !== this.#run) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      this.#stream = stream;
      stream.getVideoTracks()[0].addEventListener("ended", () => this.#lose(run, "lost"));
      this.#video.srcObject = stream;
      await this.#video.play();
    } catch (error) {
      if (run === this.#run) this.#lose(run, stateOf(error));
      return;
    }
    this.#patience = AGAIN_MS;
    this.onState("running");
    void this.#watch(run);
  }

  /** The chosen camera, or the one at the back; any other when the chosen one is gone. */
  async #ask() {
    const size = { width: { ideal: WIDTH }, height: { ideal: HEIGHT } };
    const chosen = memory.camera();
    if (chosen !== null) {
      try {
        return await navigator.mediaDevices.getUserMedia({ audio: false, video: { deviceId: { exact: chosen }, ...size } });
      } catch (error) {
        if (stateOf(error) !== "absent") throw error;
      }
    }
    return navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: { ideal: "environment" }, ...size } });
  }

  /** Go on to the next camera of the phone, and remember it. */
  async next() {
    const cameras = await this.cameras();
    const now = this.track?.getSettings().deviceId;
    const place = cameras.findIndex((one) => one.deviceId === now);
    memory.rememberCamera(cameras[(place + 1) % cameras.length]?.deviceId ?? null);
    await this.start();
  }

  async cameras() {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return devices.filter((one) => one.kind === "videoinput");
  }

  stop() {
    this.#run += 1;
    this.#end();
  }

  #end() {
    clearTimeout(this.#again);
    this.#again = 0;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
  }

  /** Report the codes in view once more. */
  forget() {
    this.#seen.clear();
  }

  /** The camera is gone; try again by itself where that may help, less and less often. @param {number} run @param {CameraState} state */
  #lose(run, state) {
    if (run !== this.#run) return;
    this.stop();
    this.onState(state);
    if (!MENDING.has(state)) return;
    this.#again = window.setTimeout(() => void this.start(), this.#patience);
    this.#patience = Math.min(this.#patience * 2, LONGEST_AGAIN_MS);
  }

  /** @param {number} run */
  async #watch(run) {
    let faults = 0;
    while (run === this.#run) {
      const before = performance.now();
      await nextPicture(this.#video);
      if (run !== this.#run) return;
      if (document.hidden || this.paused()) {
        this.#stay(performance.now() - before);
        continue;
      }
      try {
        const text = await this.#reader.read(this.#video);
        if (text !== "" && run === this.#run && !this.paused()) this.#tell(text);
        faults = 0;
      } catch (error) {
        console.warn(error); // one bad picture means nothing; many in a row mean a broken camera or reader
        faults += 1;
        if (faults >= MOST_FAULTS) this.#lose(run, "failed");
      }
    }
  }

  /** While nobody looks, what was in view counts as still there. @param {number} ms */
  #stay(ms) {
    for (const [text, at] of this.#seen) this.#seen.set(text, at + ms);
  }

  /** @param {string} text */
  #tell(text) {
    const now = performance.now();
    const stayed = now - (this.#seen.get(text) ?? -Infinity) < GONE_MS;
    for (const [known, at] of this.#seen) if (now - at >= GONE_MS) this.#seen.delete(known);
    this.#seen.set(text, now);
    if (!stayed) this.onText(text);
  }
}
