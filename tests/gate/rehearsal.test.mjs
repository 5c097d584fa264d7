import "./scripts.mjs";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const { rehearse } = await import("../../static/js/gate/offline/rehearsal.js");
const cases = JSON.parse(readFileSync(new URL("../vectors/rehearsal.json", import.meta.url), "utf8"));
const NOW = Date.parse("2026-11-06T13:10:00+07:00");

for (const one of cases) {
  test(`situation ${one.situation}, ${one.direction}, ${one.reentry}, ${one.people}`, () => {
    const edition = { exhibition: "umkm-2026", early_minutes: 15, late_minutes: 0, reentry: one.reentry };
    const decided = rehearse(one.situation, edition, one.direction, NOW, one.people);
    assert.deepEqual([decided.code, decided.people], [one.code, one.moved]);
  });
}
