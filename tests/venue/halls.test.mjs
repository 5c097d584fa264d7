import assert from "node:assert/strict";
import test from "node:test";

const { added, boothsIn, changed, overlapping, removed, roomOf } = await import("../../static/js/venue/plan/halls.js");
const { fromDocument, toDocument } = await import("../../static/js/venue/plan/plan_state.js");

const place = { width: 2, depth: 2, rotation: 0 };
const ONE = fromDocument({
  hall: { width: 20, depth: 10 },
  zones: [{ code: "Z", name: "Depan", area: { x: 1, y: 1, width: 3, depth: 3 } }],
  booths: [{ id: 1, code: "A1", x: 1, y: 1, ...place }],
  landmarks: [],
  background: null,
});
const { state: TWO, code } = added(ONE, (letter) => `Aula ${letter}`);
const [, east] = TWO.halls;

test("a hall is put ten metres beside the others, as large as the last, and the only one gets a name", () => {
  assert.equal(code, "B");
  assert.deepEqual(TWO.halls, [
    { code: "A", name: "Aula A", x: 0, y: 0, width: 20, depth: 10 },
    { code: "B", name: "Aula B", x: 30, y: 0, width: 20, depth: 10 },
  ]);
  assert.deepEqual(toDocument(TWO).hall, { width: 50, depth: 10 });
  assert.equal("halls" in toDocument(ONE), false);
});

test("what is in a hall goes along with it, and stays when it only grows", () => {
  const moved = changed(TWO, TWO.halls[0], { x: 60 });
  assert.deepEqual(moved.pieces.map(({ x }) => x), [61, 61]);
  assert.deepEqual(moved.hall, { width: 80, depth: 10 });
  const larger = changed(TWO, TWO.halls[0], { width: 25 });
  assert.deepEqual(larger.pieces, TWO.pieces);
});

test("two halls that overlap are found, two that touch are not", () => {
  assert.deepEqual(overlapping(changed(TWO, east, { x: 19 }).halls)?.map((hall) => hall.code), ["A", "B"]);
  assert.equal(overlapping(changed(TWO, east, { x: 20 }).halls), null);
});

test("a piece between the halls is in the nearest, and an empty hall goes alone", () => {
  assert.equal(roomOf(TWO, { ...TWO.pieces[1], x: 26 }).code, "B");
  assert.equal(boothsIn(TWO, TWO.halls[0]).length, 1);
  const left = removed(TWO, east);
  assert.deepEqual(left.halls.map((hall) => hall.code), ["A"]);
  assert.deepEqual(left.pieces, TWO.pieces);
});
