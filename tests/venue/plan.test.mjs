import assert from "node:assert/strict";
import test from "node:test";

const { boxOf, resized, snap, turnedTogether } = await import("../../static/js/venue/plan/geometry.js");
const { fromDocument, inReadingOrder, nextCodes, toDocument, withDocument } = await import("../../static/js/venue/plan/plan_state.js");
const { History } = await import("../../static/js/venue/plan/history.js");

const piece = (x, y, width, depth, rotation = 0, type = "booth") => ({ key: `${x} ${y}`, type, x, y, width, depth, rotation, facts: {} });
const DOCUMENT = {
  format: "exhibition-plan/1",
  hall: { width: 10, depth: 8 },
  zones: [{ code: "A", name: "Depan", area: null }, { code: "B", name: "Belakang", area: { x: 1, y: 1, width: 3, depth: 3 } }],
  booths: [{ id: 7, code: "A1", x: 1, y: 1, width: 2, depth: 2, rotation: 30, zone: "A", corner: true, power_va: 450, water: false, accessible: true, blocked_reason: "" }],
  landmarks: [{ kind: "wall", label: "", x: 0, y: 0, width: 10, depth: 0.2, rotation: 0 }],
  background: null,
};

test("the document comes back as it was", () => {
  assert.deepEqual(toDocument(fromDocument(DOCUMENT)), DOCUMENT);
});

test("a document of the same pieces leaves each its key", () => {
  const state = fromDocument(DOCUMENT);
  const shuffled = { ...state, pieces: [...state.pieces].reverse() };
  const moved = structuredClone(toDocument(shuffled));
  moved.booths[0].x = 5;
  const after = withDocument(shuffled, moved);
  const known = new Map(shuffled.pieces.map((one) => [one.key, one]));
  for (const one of after.pieces) assert.equal(known.get(one.key)?.type, one.type);
  assert.equal(after.pieces.find((one) => one.type === "booth").x, 5);
});

test("numbers count on from the last digits and leave out what is taken", () => {
  assert.deepEqual(nextCodes("A09", 3, new Set(["A10"])), ["A09", "A11", "A12"]);
  assert.deepEqual(nextCodes("VIP", 2, new Set()), ["VIP1", "VIP2"]);
  assert.deepEqual(nextCodes("ABCDEFGHIJKLMN98", 4, new Set()), ["ABCDEFGHIJKLMN98", "ABCDEFGHIJKLMN99"]);
});

test("people read row by row, even when a row is not quite straight", () => {
  const rows = [piece(5, 1.2, 2, 2), piece(1, 4, 2, 2), piece(1, 1, 2, 2), piece(3, 0.9, 2, 2)];
  assert.deepEqual(inReadingOrder(rows).map((one) => one.key), ["1 1", "3 0.9", "5 1.2", "1 4"]);
});

test("the box around a turned piece is exact", () => {
  const box = boxOf(piece(4, 4, 2, 2, 45));
  for (const [side, expected] of Object.entries({ left: 5 - Math.SQRT2, right: 5 + Math.SQRT2, top: 5 - Math.SQRT2, bottom: 5 + Math.SQRT2 })) {
    assert.ok(Math.abs(box[side] - expected) < 1e-9, side);
  }
});

test("a near edge wins over the grid, and what is far does not pull", () => {
  const box = { left: 3.2, right: 5.2, top: 1.1, bottom: 3.1 };
  const neighbour = { left: 1, right: 3.13, top: 20, bottom: 22 };
  const { dx, dy, guides } = snap(box, [neighbour], { grid: 0.5, reach: 0.3 });
  assert.ok(Math.abs(dx + 0.07) < 1e-9);
  assert.ok(Math.abs(dy + 0.1) < 1e-9);
  assert.deepEqual(guides, [{ axis: "x", at: 3.13 }]);
  assert.deepEqual(snap(box, [], { grid: 0, reach: 0 }), { dx: 0, dy: 0, guides: [] });
});

test("drawing a corner keeps the opposite one, also of a turned piece", () => {
  const grown = resized(piece(1, 1, 2, 2), { right: 1, down: 1 }, { x: 4.1, y: 5 }, 0.5);
  assert.deepEqual([grown.x, grown.y, grown.width, grown.depth], [1, 1, 3, 4]);
  const upright = resized(piece(1, 1, 4, 2, 90), { right: 1, down: 1 }, { x: 1, y: 4 }, 0.5);
  const [before, after] = [boxOf(piece(1, 1, 4, 2, 90)), boxOf(upright)];
  assert.deepEqual([after.right, after.top].map((value) => Math.round(value * 1000)), [before.right, before.top].map((value) => Math.round(value * 1000)));
  assert.ok(resized(piece(1, 1, 2, 2), { right: 1, down: 1 }, { x: -9, y: -9 }, 0.5).width >= 0.1);
});

test("four quarter turns bring everything back", () => {
  let pieces = [piece(1, 1, 3, 2), piece(6, 2, 1, 1, 30), piece(2, 5, 4, 2, 0, "zone")];
  const start = structuredClone(pieces);
  for (let turns = 0; turns < 4; turns += 1) pieces = turnedTogether(pieces, 90);
  assert.deepEqual(pieces, start);
});

test("a gesture is one step, and saving forgets the steps", () => {
  const history = new History({ hall: { width: 1, depth: 1 }, pieces: [], background: null });
  const first = history.state;
  history.show({ ...first, pieces: [piece(1, 1, 1, 1)] });
  history.show({ ...first, pieces: [piece(2, 1, 1, 1)] });
  assert.ok(!history.unsaved);
  history.keep(history.state);
  assert.ok(history.unsaved && history.canUndo);
  history.undo();
  assert.equal(history.state, first);
  assert.ok(!history.unsaved && history.canRedo);
  history.redo();
  history.begin(history.state);
  assert.ok(!history.unsaved && !history.canUndo && !history.canRedo);
});
