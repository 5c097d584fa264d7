/** The camera: pictures in, texts of QR codes out. A code that stays in view is told once. */

import { prepareZXingModule, readBarcodes } from "/static/vendor/zxing-wasm-3.1.4/es/reader/index.js";
import { part } from "./page.js";

/** @typedef {"starting" | "running" | "denied" | "absent" | "insecure" | "lost" | "failed"} CameraState */

const WIDTH = 1280;
const HEIGHT = 720;
const PAUSE_MS = 60;
const GONE_MS = 1500;
const WASM_FOLDER = "/static/vendor/zxing-wasm-3.1.4/reader/";

/** @type {import("/static/vendor/zxing-wasm-3.1.4/es/reader/index.js").ReaderOptions} */
const OPTIONS = {
  formats: ["QRCode"],
  tryRotate: false,
  tryInvert: false,
  tryDownscale: false,
  maxNumberOfSymbols: 1,
};

/** @param {unknown} error @returns {CameraState} */
function stateOf(error) {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "absent" : "failed";
}

/** Reads codes from the camera until it is stopped or taken away. */
export class Camera {
  #video = part("video", HTMLVideoElement);
  #canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  /** @type {MediaStream | null} */
  #stream = null;
  #text = "";
  #seenAt = -Infinity;
  #run = 0;

  /**
   * @param {(text: string) => void} onText
   * @param {(state: CameraState) => void} onState
   * @param {() => boolean} paused whether new codes are left alone for now
   */
  constructor(onText, onState, paused) {
    this.onText = onText;
    this.onState = onState;
    this.paused = paused;
    prepareZXingModule({ overrides: { locateFile: (/** @type {string} */ file) => WASM_FOLDER + file } });
  }

  get running() {
    return this.#stream !== null;
  }

  async start() {
    this.stop();
    const run = ++this.#run;
    if (!navigator.mediaDevices) {
      this.onState(window.isSecureContext ? "absent" : "insecure");
      return;
    }
    this.onState("starting");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: { ideal: "environment" }, width: { ideal: WIDTH }, height: { ideal: HEIGHT } },
      });
      this.#stream = stream;
      stream.getVideoTracks()[0].addEventListener("ended", () => this.#lose(run));
      this.#video.srcObject = stream;
      await this.#video.play();
    } catch (error) {
      this.stop();
      this.onState(stateOf(error));
      return;
    }
    this.onState("running");
    void this.#watch(run);
  }

  stop() {
    this.#run += 1;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
  }

  /** Tell the code in view once more. */
  forget() {
    this.#text = "";
  }

  /** @param {number} run */
  #lose(run) {
    if (run !== this.#run) return;
    this.stop();
    this.onState("lost");
  }

  /** @param {number} run */
  async #watch(run) {
    while (run === this.#run) {
      const text = await this.#read();
      if (text !== "" && run === this.#run) this.#tell(text);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** The text of the code in the present picture, or nothing. */
  async #read() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (width === 0 || document.hidden) return "";
    if (this.#canvas.width !== width) this.#canvas = new OffscreenCanvas(width, height);
    const context = this.#canvas.getContext("2d", { willReadFrequently: true });
    if (context === null) return "";
    context.drawImage(this.#video, 0, 0, width, height);
    const codes = await readBarcodes(context.getImageData(0, 0, width, height), OPTIONS);
    return codes[0]?.text ?? "";
  }

  /** @param {string} text */
  #tell(text) {
    const now = performance.now();
    const stayed = text === this.#text && now - this.#seenAt < GONE_MS;
    if (!stayed && this.paused()) return;
    this.#text = text;
    this.#seenAt = now;
    if (!stayed) this.onText(text);
  }
}
