/** Controls of the phone's camera: another camera, light, zoom; each shown only where the camera has it. */

import { part } from "../page.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./camera.js").Capabilities} Capabilities */

const next = part("camera-next", HTMLButtonElement);
const torch = part("torch", HTMLButtonElement);
const zoom = part("zoom", HTMLInputElement);
const zoomLabel = part("zoom-label", HTMLLabelElement);

/** @param {Camera} camera @param {Record<string, unknown>} wanted */
function apply(camera, wanted) {
  return camera.track?.applyConstraints(/** @type {MediaTrackConstraints} */ ({ advanced: [wanted] })).catch(() => {});
}

/** Show the controls that the running camera has. @param {Camera} camera */
export async function offer(camera) {
  const can = /** @type {Capabilities} */ (camera.track?.getCapabilities?.() ?? {});
  torch.hidden = can.torch !== true;
  torch.setAttribute("aria-pressed", "false");
  zoomLabel.hidden = can.zoom === undefined || can.zoom.max <= can.zoom.min;
  if (can.zoom !== undefined) {
    zoom.min = String(can.zoom.min);
    zoom.max = String(can.zoom.max);
    zoom.step = String(can.zoom.step || 0.1);
    zoom.value = zoom.min;
  }
  next.hidden = (await camera.cameras()).length < 2;
}

export function hide() {
  for (const control of [next, torch, zoomLabel]) control.hidden = true;
}

/** @param {Camera} camera @param {() => void} done called after each touch, to give the focus back to the scanner's field */
export function listen(camera, done) {
  next.addEventListener("click", () => void camera.next().then(done));
  torch.addEventListener("click", () => {
    const on = torch.getAttribute("aria-pressed") !== "true";
    torch.setAttribute("aria-pressed", String(on));
    void apply(camera, { torch: on });
    done();
  });
  zoom.addEventListener("input", () => void apply(camera, { zoom: Number(zoom.value) }));
  zoom.addEventListener("change", done);
}
