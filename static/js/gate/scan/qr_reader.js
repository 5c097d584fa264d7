/**
 * Where the camera's pictures are read: in a worker, so that the page stays free for the steward; on the page itself where
 * the browser has no worker for it. One picture is on its way at a time.
 */

/** @typedef {import("./qr_worker.js").Word} Word */
/** @typedef {(video: HTMLVideoElement, width: number, height: number) => Promise<string>} Place */

const BEGIN_MS = 30_000;
const ANSWER_MS = 3000;

/**
 * The worker's next message. Rejects with an error when the worker reports a fault or is silent (browsers end workers
 * without notice), with an event when its script cannot be loaded or run.
 * @param {Worker} worker
 * @param {number} patience in milliseconds
 * @returns {Promise<Word>}
 */
function hear(worker, patience) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("the reader is silent")), patience);
    worker.onmessage = ({ data }) => {
      clearTimeout(late);
      if ("fault" in data) reject(new Error(data.fault));
      else resolve(data);
    };
    worker.onerror = (event) => {
      clearTimeout(late);
      reject(event);
    };
  });
}

/** @returns {Promise<Place>} */
async function onPage() {
  const { prepare, read } = await import("./qr_decoding.js");
  await prepare();
  return read;
}

/** @param {Worker} worker @returns {Place} */
function inWorker(worker) {
  return async (video, width, height) => {
    const picture = typeof VideoFrame === "undefined" ? await createImageBitmap(video) : new VideoFrame(video);
    const answer = hear(worker, ANSWER_MS);
    worker.postMessage({ picture, width, height }, [picture]);
    const word = await answer;
    return "text" in word ? word.text : "";
  };
}

/** Reads pictures one after another. */
export class Reader {
  /** @type {Worker | null} */
  #worker = null;
  #workers = typeof Worker !== "undefined" && typeof OffscreenCanvas !== "undefined";
  /** @type {Promise<Place> | null} */
  #place = null;
  /** @type {Promise<unknown>} */
  #before = Promise.resolve();

  /**
   * The text of the code in the video's present picture, or nothing. After a fault, which is thrown, the reader is
   * started again.
   * @param {HTMLVideoElement} video
   * @returns {Promise<string>}
   */
  read(video) {
    const text = this.#before.then(() => this.#read(video));
    this.#before = text.catch(() => {});
    return text;
  }

  /** @param {HTMLVideoElement} video */
  async #read(video) {
    try {
      this.#place ??= this.#begin();
      const read = await this.#place;
      const { videoWidth: width, videoHeight: height } = video;
      return width === 0 ? "" : await read(video, width, height);
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async #begin() {
    if (!this.#workers) return onPage();
    this.#worker = new Worker("/gate/reading_worker.js", { type: "module" });
    try {
      await hear(this.#worker, BEGIN_MS);
    } catch (error) {
      if (!(error instanceof Event)) throw error;
      this.#workers = false;
      return onPage();
    }
    return inWorker(this.#worker);
  }

  #end() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#place = null;
  }
}
