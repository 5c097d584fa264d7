/**
 * Several pieces put in order: aligned by an edge or their middles, or spread so that all gaps are equal. Turned pieces
 * count as the upright boxes around them.
 *
 * @typedef {import("./plan_state.js").Piece} Piece
 * @typedef {"left" | "centre" | "right" | "top" | "middle" | "bottom"} Edge
 * @typedef {"across" | "down"} Direction
 */

import { around, boxOf } from "./geometry.js";
import { round } from "./plan_state.js";

/** @param {Piece} one @param {number} dx @param {number} dy @returns {Piece} */
function moved(one, dx, dy) {
  return { ...one, x: round(one.x + dx), y: round(one.y + dy) };
}

/** All at the outermost edge of them, or on the middle line of all. @param {readonly Piece[]} pieces @param {Edge} edge @returns {Piece[]} */
export function aligned(pieces, edge) {
  const all = around(pieces.map(boxOf));
  return pieces.map((one) => {
    const box = boxOf(one);
    if (edge === "centre") return moved(one, (all.left + all.right - box.left - box.right) / 2, 0);
    if (edge === "middle") return moved(one, 0, (all.top + all.bottom - box.top - box.bottom) / 2);
    const by = all[edge] - box[edge];
    return edge === "left" || edge === "right" ? moved(one, by, 0) : moved(one, 0, by);
  });
}

/**
 * With equal gaps between them, in the order in which they stand; the outermost stay. A gap is negative where they do
 * not fit side by side.
 *
 * @param {readonly Piece[]} pieces
 * @param {Direction} direction
 * @returns {{pieces: Piece[], gap: number}}
 */
export function spread(pieces, direction) {
  const [from, to] = direction === "across" ? /** @type {const} */ (["left", "right"]) : /** @type {const} */ (["top", "bottom"]);
  const boxes = new Map(pieces.map((one) => [one.key, boxOf(one)]));
  const boxIn = (/** @type {Piece} */ one) => /** @type {import("./geometry.js").Box} */ (boxes.get(one.key));
  const order = [...pieces].sort((one, other) => boxIn(one)[from] + boxIn(one)[to] - boxIn(other)[from] - boxIn(other)[to]);
  const all = around([...boxes.values()]);
  const taken = order.reduce((sum, one) => sum + boxIn(one)[to] - boxIn(one)[from], 0);
  const gap = pieces.length > 1 ? (all[to] - all[from] - taken) / (pieces.length - 1) : 0;
  const shifts = new Map();
  let place = all[from];
  for (const one of order) {
    const box = boxIn(one);
    shifts.set(one.key, place - box[from]);
    place += box[to] - box[from] + gap;
  }
  const shifted = (/** @type {Piece} */ one) =>
    direction === "across" ? moved(one, shifts.get(one.key), 0) : moved(one, 0, shifts.get(one.key));
  return { pieces: pieces.map(shifted), gap: round(gap) };
}
