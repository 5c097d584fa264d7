import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { dataAge } from "../../static/js/gate/offline/age.js";

const cases = JSON.parse(readFileSync(new URL("../vectors/data_age.json", import.meta.url), "utf8"));

for (const one of cases) {
  test(one.name, () => {
    const receivedAt = one.received_at === null ? null : Date.parse(one.received_at);
    assert.deepEqual(dataAge(receivedAt, Date.parse(one.now), one.amber_minutes, one.red_minutes), one.age);
  });
}
