import assert from "node:assert/strict";
import test from "node:test";
import { aligned, spread } from "../../static/js/venue/plan/arranging.js";
import { around, boxOf } from "../../static/js/venue/plan/geometry.js";
import { round } from "../../static/js/venue/plan/plan_state.js";

/** Numbers from 0 to 1, the same in each run. */
function randoms(seed) {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

/** Two to eight pieces anywhere, some of them turned. */
function piecesOf(seed) {
  const next = randoms(seed);
  const metres = (most) => Math.round(next() * most * 1000) / 1000;
  return Array.from({ length: 2 + Math.floor(next() * 7) }, (_none, place) => ({
    key: `p${place}`,
    type: "booth",
    x: round(metres(40) - 5),
    y: round(metres(40) - 5),
    width: 0.1 + metres(6),
    depth: 0.1 + metres(6),
    rotation: next() < 0.5 ? 0 : Math.floor(next() * 360),
    facts: {},
  }));
}

const SEEDS = Array.from({ length: 300 }, (_none, seed) => seed * 7919 + 1);
const near = (one, other) => Math.abs(one - other) < 0.003;
const MIDDLES = { centre: ["left", "right"], middle: ["top", "bottom"] };

for (const edge of ["left", "centre", "right", "top", "middle", "bottom"]) {
  test(`aligned by ${edge}: all are there, nothing moves the other way, once is enough`, () => {
    for (const seed of SEEDS) {
      const before = piecesOf(seed);
      const after = aligned(before, edge);
      const at = (box) => (edge in MIDDLES ? MIDDLES[edge].reduce((sum, side) => sum + box[side], 0) / 2 : box[edge]);
      const line = at(around(before.map(boxOf)));
      for (const [place, one] of after.entries()) {
        assert.ok(near(at(boxOf(one)), line), `${seed}`);
        const across = ["left", "centre", "right"].includes(edge);
        assert.equal(across ? one.y : one.x, across ? before[place].y : before[place].x);
      }
      for (const [place, one] of aligned(after, edge).entries()) assert.ok(near(one.x, after[place].x) && near(one.y, after[place].y));
    }
  });
}

for (const [direction, from, to] of [["across", "left", "right"], ["down", "top", "bottom"]]) {
  test(`spread ${direction}: the gaps are equal, the order and the outermost edges stay`, () => {
    for (const seed of SEEDS) {
      const before = piecesOf(seed);
      const { pieces, gap } = spread(before, direction);
      const boxes = pieces.map(boxOf);
      const middle = (box) => box[from] + box[to];
      const order = (list) => list.map((box, place) => [middle(box), place]).sort((one, other) => one[0] - other[0]).map(([, place]) => place);
      const sequence = order(before.map(boxOf));
      for (const [place, number] of sequence.entries()) {
        if (place > 0) assert.ok(near(boxes[number][from] - boxes[sequence[place - 1]][to], gap), `${seed}`);
      }
      const all = around(before.map(boxOf));
      assert.ok(near(boxes[sequence[0]][from], all[from]));
      assert.ok(near(boxes[sequence.at(-1)][to], all[to]));
    }
  });
}
