/** The worker that reads pictures, served as /gate/reading_worker.js: says when it is ready, then answers each picture. */

import { prepare, read } from "/static/js/gate/scan/qr_decoding.js";

/** @typedef {{picture: VideoFrame | ImageBitmap, width: number, height: number}} Question */
/** The worker's messages: it is ready; the text of a code, or nothing; or why reading failed. @typedef {{ready: true} | {text: string} | {fault: string}} Word */

/** @param {Word} word */
const say = (word) => self.postMessage(word);
/** @param {unknown} error */
const complain = (error) => say({ fault: String(error) });

prepare().then(() => say({ ready: true }), complain);
self.addEventListener("message", (/** @type {MessageEvent<Question>} */ { data }) => {
  const { picture, width, height } = data;
  read(picture, width, height)
    .then((text) => say({ text }), complain)
    .finally(() => picture.close());
});
