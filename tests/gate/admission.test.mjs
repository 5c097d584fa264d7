import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { admit, comingBack } from "../../static/js/gate/offline/admission.js";

const cases = JSON.parse(readFileSync(new URL("../vectors/admission.json", import.meta.url), "utf8"));

/** The case's texts of moments as milliseconds. */
function inMilliseconds(value) {
  if (value === null || typeof value !== "object") return value;
  const moments = new Set(["now", "starts_at", "ends_at", "at", "moved_at", "left_at", "round_over_at"]);
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, v]) => [name, moments.has(name) && v !== null ? Date.parse(v) : inMilliseconds(v)]));
}

for (const one of cases) {
  test(one.name, () => {
    const { attempt, edition, hall, pass, earlier, decision } = inMilliseconds(one);
    assert.deepEqual(admit(attempt, edition, hall, pass, earlier), decision);
  });
}

const returns = JSON.parse(readFileSync(new URL("../vectors/coming_back.json", import.meta.url), "utf8"));

for (const one of returns) {
  test(one.name, () => {
    const { edition, pass, people, returned } = inMilliseconds(one);
    assert.equal(comingBack(edition, pass, people), returned);
  });
}
