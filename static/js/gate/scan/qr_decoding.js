/** Reads the code in a picture: in a worker or, where browsers have none, on the page. */

import {
  prepareZXingModule,
  purgeZXingModule,
  readBarcodes,
} from "/static/vendor/zxing-wasm-3.1.4/es/reader/index.js";

const WASM_FOLDER = "/static/vendor/zxing-wasm-3.1.4/reader/";
const SHORT_SIDE = 720;
const LONG_SIDE = 1280;

/** @type {import("/static/vendor/zxing-wasm-3.1.4/es/reader/index.js").ReaderOptions} */
const OPTIONS = {
  formats: ["QRCode"],
  tryRotate: false,
  tryInvert: false,
  tryDownscale: false,
  maxNumberOfSymbols: 1,
};

/**
 * Ways to look at a picture, in turn: at the square in its middle, which the steward sees; there for light codes on
 * dark too; and at the whole picture, which takes four times as long.
 * @type {{whole: boolean, inverted: boolean}[]}
 */
const LOOKS = [
  { whole: false, inverted: false },
  { whole: false, inverted: true },
  { whole: false, inverted: false },
  { whole: true, inverted: true },
];

const canvas = typeof OffscreenCanvas === "undefined" ? document.createElement("canvas") : new OffscreenCanvas(1, 1);
let turn = 0;

/** Load the reader; after a failure, a new one. */
export function prepare() {
  purgeZXingModule();
  return prepareZXingModule({
    overrides: { locateFile: (/** @type {string} */ file) => WASM_FOLDER + file },
    fireImmediately: true,
  });
}

/**
 * The text of the code in a picture, or nothing. The number of pixels read is limited, whatever the camera gives.
 * @param {CanvasImageSource} picture
 * @param {number} width of the picture
 * @param {number} height
 * @returns {Promise<string>}
 */
export async function read(picture, width, height) {
  const { whole, inverted } = LOOKS[turn++ % LOOKS.length];
  const side = Math.min(width, height);
  const [cutWidth, cutHeight] = whole ? [width, height] : [side, side];
  const scale = Math.min(1, (whole ? LONG_SIDE : SHORT_SIDE) / Math.max(cutWidth, cutHeight));
  const [toWidth, toHeight] = [Math.round(cutWidth * scale), Math.round(cutHeight * scale)];
  if (canvas.width !== toWidth || canvas.height !== toHeight) {
    canvas.width = toWidth;
    canvas.height = toHeight;
  }
  const context = /** @type {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null} */ (
    canvas.getContext("2d", { willReadFrequently: true })
  );
  if (context === null) throw new Error("no canvas");
  const [left, top] = [(width - cutWidth) / 2, (height - cutHeight) / 2];
  context.drawImage(picture, left, top, cutWidth, cutHeight, 0, 0, toWidth, toHeight);
  const codes = await readBarcodes(context.getImageData(0, 0, toWidth, toHeight), { ...OPTIONS, tryInvert: inverted });
  return codes[0]?.text ?? "";
}
