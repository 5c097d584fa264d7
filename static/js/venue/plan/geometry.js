/**
 * Rectangles turned about their centres: boxes, snapping to the grid and to neighbours, resizing by a corner.
 *
 * @typedef {import("./plan_state.js").Piece} Piece
 * @typedef {{x: number, y: number}} Point
 * @typedef {{left: number, top: number, right: number, bottom: number}} Box
 * @typedef {{axis: "x" | "y", at: number}} Guide
 */

import { SMALLEST_M, round, turn } from "./plan_state.js";

/** @param {{x: number, y: number, width: number, depth: number}} one @returns {Point} */
export function centre({ x, y, width, depth }) {
  return { x: x + width / 2, y: y + depth / 2 };
}

/** @param {Point} point @param {number} degrees @returns {Point} */
export function turned({ x, y }, degrees) {
  const angle = (degrees * Math.PI) / 180;
  return { x: x * Math.cos(angle) - y * Math.sin(angle), y: x * Math.sin(angle) + y * Math.cos(angle) };
}

/** The upright box around a piece. @param {Piece} one @returns {Box} */
export function boxOf(one) {
  const middle = centre(one);
  const first = turned({ x: one.width / 2, y: one.depth / 2 }, one.rotation);
  const second = turned({ x: one.width / 2, y: -one.depth / 2 }, one.rotation);
  const wide = Math.max(Math.abs(first.x), Math.abs(second.x));
  const high = Math.max(Math.abs(first.y), Math.abs(second.y));
  return { left: middle.x - wide, right: middle.x + wide, top: middle.y - high, bottom: middle.y + high };
}

/** The box of a hall. @param {{x: number, y: number, width: number, depth: number}} hall @returns {Box} */
export function wallsOf({ x, y, width, depth }) {
  return { left: x, top: y, right: x + width, bottom: y + depth };
}

/** @param {readonly Box[]} boxes @returns {Box} */
export function around(boxes) {
  return {
    left: Math.min(...boxes.map((box) => box.left)),
    top: Math.min(...boxes.map((box) => box.top)),
    right: Math.max(...boxes.map((box) => box.right)),
    bottom: Math.max(...boxes.map((box) => box.bottom)),
  };
}

/** @param {Box} one @param {Box} other @returns {boolean} */
export function meet(one, other) {
  return one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;
}

/**
 * The shift that puts an edge of the box onto the nearest of `lines`, if it is at most `reach` away.
 *
 * @param {number[]} edges
 * @param {number[]} lines
 * @param {number} reach
 * @returns {{shift: number, at: number} | null}
 */
function nearest(edges, lines, reach) {
  let best = null;
  for (const edge of edges) {
    for (const line of lines) {
      const shift = line - edge;
      if (Math.abs(shift) <= reach && (best === null || Math.abs(shift) < Math.abs(best.shift))) best = { shift, at: line };
    }
  }
  return best;
}

/**
 * How far to move so that the box is aligned with a neighbour's edge if one is near, else with the grid.
 *
 * @param {Box} box where it would lie without snapping
 * @param {readonly Box[]} others
 * @param {{grid: number, reach: number}} how grid in metres, 0 for none; reach in metres
 * @returns {{dx: number, dy: number, guides: Guide[]}}
 */
export function snap(box, others, { grid, reach }) {
  const across = nearest([box.left, box.right], others.flatMap((one) => [one.left, one.right]), reach);
  const along = nearest([box.top, box.bottom], others.flatMap((one) => [one.top, one.bottom]), reach);
  const onGrid = (/** @type {number} */ value) => (grid > 0 ? Math.round(value / grid) * grid - value : 0);
  /** @type {Guide[]} */
  const guides = [];
  if (across) guides.push({ axis: "x", at: across.at });
  if (along) guides.push({ axis: "y", at: along.at });
  return { dx: across ? across.shift : onGrid(box.left), dy: along ? along.shift : onGrid(box.top), guides };
}

/**
 * The piece resized by dragging one corner to a point, while the opposite corner stays.
 *
 * @param {Piece} one
 * @param {{right: -1 | 1, down: -1 | 1}} corner which one is drawn
 * @param {Point} to
 * @param {number} grid
 * @returns {Piece}
 */
export function resized(one, { right, down }, to, grid) {
  const middle = centre(one);
  const fixed = turned({ x: (-right * one.width) / 2, y: (-down * one.depth) / 2 }, one.rotation);
  const anchor = { x: middle.x + fixed.x, y: middle.y + fixed.y };
  const across = turned({ x: to.x - anchor.x, y: to.y - anchor.y }, -one.rotation);
  const step = grid || 0.001;
  const size = (/** @type {number} */ length) => Math.max(SMALLEST_M, round(Math.round(length / step) * step));
  const [width, depth] = [size(across.x * right), size(across.y * down)];
  const half = turned({ x: (right * width) / 2, y: (down * depth) / 2 }, one.rotation);
  const x = round(anchor.x + half.x - width / 2);
  return { ...one, x, y: round(anchor.y + half.y - depth / 2), width, depth };
}

/** The pieces turned together about their common middle. @param {readonly Piece[]} pieces @param {number} degrees @returns {Piece[]} */
export function turnedTogether(pieces, degrees) {
  const box = around(pieces.map(boxOf));
  const pivot = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  return pieces.map((one) => {
    const middle = centre(one);
    const moved = turned({ x: middle.x - pivot.x, y: middle.y - pivot.y }, degrees);
    const upright = one.type === "zone";
    const sideways = upright && Math.abs(degrees % 180) === 90;
    const [width, depth] = sideways ? [one.depth, one.width] : [one.width, one.depth];
    return {
      ...one,
      width,
      depth,
      rotation: upright ? 0 : turn(one.rotation + degrees),
      x: round(pivot.x + moved.x - width / 2),
      y: round(pivot.y + moved.y - depth / 2),
    };
  });
}
