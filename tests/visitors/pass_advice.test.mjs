import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { advise } from "../../static/js/visitors/pass_advice.js";

const cases = JSON.parse(readFileSync(new URL("../vectors/pass_advice.json", import.meta.url), "utf8"));
const inMs = (round) => ({ starts_at: Date.parse(round.starts_at), ends_at: Date.parse(round.ends_at) });

for (const { name, facts, now, advised } of cases) {
  test(name, () => {
    const given = { ...facts, ...inMs(facts), rounds: facts.rounds.map(inMs) };
    given.left_at = facts.left_at === null ? null : Date.parse(facts.left_at);
    const at = advised.at === null ? null : Date.parse(advised.at);
    assert.deepEqual(advise(given, Date.parse(now)), { advice: advised.advice, at });
  });
}
