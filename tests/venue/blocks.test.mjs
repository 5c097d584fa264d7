import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { boothsOf, drawnBetween, nextRow, rowNumbers, sizeOf } from "../../static/js/venue/plan/blocks.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/blocks.json", import.meta.url), "utf8"));

for (const { name, block, size, booths } of vectors.blocks) {
  test(`block: ${name}`, () => {
    assert.deepEqual(sizeOf(block), size);
    assert.deepEqual(boothsOf(block), booths);
  });
}

for (const { name, first, rows, scheme, snake, numbers } of vectors.numbers) {
  test(`numbers: ${name}`, () => assert.deepEqual(rowNumbers(first, rows, scheme, snake), numbers));
}

const BLOCK = { ...vectors.blocks[0].block, booth_width: 2, booth_depth: 2, gap: 0, aisle: 3 };

test("what is drawn holds as many booths as fit, in any direction", () => {
  const right = drawnBetween(BLOCK, { x: 1.1, y: 2 }, { x: 9.2, y: 9.9 }, 0.5);
  assert.deepEqual([right.columns, right.rows, right.x, right.y], [4, 2, 1, 2]);
  const left = drawnBetween(BLOCK, { x: 9, y: 9 }, { x: 5, y: 8 }, 0.5);
  assert.deepEqual([left.columns, left.rows, left.x, left.y], [2, 1, 5, 7]);
  const huge = drawnBetween(BLOCK, { x: 0, y: 0 }, { x: 9000, y: 9000 }, 0);
  assert.deepEqual([huge.columns, huge.rows], [99, 60]);
});

test("the next row has the first letter that nobody has", () => {
  assert.equal(nextRow(new Set()), "A01");
  assert.equal(nextRow(new Set(["A01", "A02", "B7", "VIP1", "101"])), "C01");
});
