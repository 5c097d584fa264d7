import "./scripts.mjs";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const { decode, looksLike, tidy } = await import("../../static/js/gate/offline/token.js");
const signatures = await import("../../static/js/gate/offline/signature.js");
const vectors = JSON.parse(readFileSync(new URL("../vectors/token.json", import.meta.url), "utf8"));
const keys = new Map(vectors.keys.map((key) => [key.id, key.public]));
const QUARTER_MS = 15 * 60_000;

for (const verify of [signatures.verifyByBrowser, signatures.verifyByNoble]) {
  for (const { pass, token } of vectors.good) {
    test(`${verify.name} takes the token of pass ${pass.pass_id}`, async () => {
      const startsAt = Date.parse(pass.not_before);
      assert.deepEqual(await decode(token, keys, verify), {
        kind: pass.kind,
        key_id: pass.key_id,
        pass_id: pass.pass_id,
        slot: pass.slot_number,
        party_size: pass.party_size,
        generation: pass.generation,
        starts_at: startsAt,
        ends_at: startsAt + pass.quarters * QUARTER_MS,
      });
    });
  }
  for (const { why, token } of vectors.bad) {
    test(`${verify.name} refuses a token: ${why}`, async () => {
      assert.equal(await decode(token, keys, verify), null);
    });
  }
}

test("without Ed25519 in WebCrypto the signature is checked by noble", async (context) => {
  const { token } = vectors.good[0];
  const asked = context.mock.method(crypto.subtle, "importKey", async () => {
    throw new DOMException("no Ed25519 here", "NotSupportedError");
  });
  assert.notEqual(await decode(token, keys), null);
  assert.equal(await decode(vectors.bad[0].token, keys), null);
  assert.equal(asked.mock.callCount(), 2);
});

test("letter case, stray prefixes and blanks of scanner hardware do not matter", () => {
  for (const text of ["\\000026ep1abc\r\n", "]Q1EP1ABC", "  EP1abc "]) assert.equal(tidy(text), "EP1ABC");
  assert.ok(looksLike("EP1ABC"));
  assert.ok(!looksLike(tidy("https://example.org/EP1")));
});
