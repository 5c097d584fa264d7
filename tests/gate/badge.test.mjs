import "./scripts.mjs";
import assert from "node:assert/strict";
import test from "node:test";
import { admit } from "../../static/js/gate/offline/admission.js";

const { badgeFacts, badgeReason, badgeTold, codeDigest, isBadge, tidyCode } = await import("../../static/js/gate/offline/badge.js");
const HOUR_MS = 3600 * 1000;
const NOW = Date.parse("2026-11-06T13:10:00+07:00");
const facts = {
  exhibition: {
    id: 3,
    slug: "umkm-2026",
    early_minutes: 15,
    late_minutes: 0,
    badges_from: "2026-11-06T00:00:00+07:00",
    badges_until: "2026-11-09T00:00:00+07:00",
  },
};
const token = { kind: 2, pass_id: "0000000000000055", slot: 3, party_size: 1, generation: 0, starts_at: 0, ends_at: 0 };
const known = {
  id: token.pass_id,
  generation: 0,
  state: "valid",
  admitted: 0,
  inside: 0,
  slot: 0,
  party_size: 1,
  code_digest: "",
  moved_at: null,
  badge: { exhibitor: "Keripik Bu Tini", booth: "A12" },
};

/** What the device decides on its own of an entry. */
function entry(shown, bundled, own = []) {
  const attempt = {
    presented: "token",
    direction: "entry",
    device: "1",
    now: NOW,
    generation: shown?.generation ?? null,
    people: null,
    screening_failed: false,
  };
  const edition = { ...facts.exhibition, exhibition: facts.exhibition.slug };
  return admit(attempt, edition, { inside: 0, capacity: 9 }, badgeFacts(facts, shown, bundled, own), null).code;
}

const moved = (direction, at) => ({ nonce: `${at}`, pass: token.pass_id, direction, people: 1, at, open: 1 });

test("a badge that the bundle does not name yet is believed by its signature", () => {
  assert.equal(entry(token, undefined), "accepted");
  assert.deepEqual(badgeTold(undefined), { exhibitor: "", booth: null });
});

test("a badge of another edition is told apart by its token", () => {
  assert.equal(entry({ ...token, slot: 4 }, undefined), "wrong_exhibition");
});

test("own movements since the bundle count, the last of them", () => {
  assert.equal(entry(token, known, [moved("entry", NOW - HOUR_MS)]), "already_used");
  assert.equal(entry(token, known, [moved("exit", NOW - 1), moved("entry", NOW - HOUR_MS)]), "accepted");
  const inside = { ...known, inside: 1, admitted: 1, moved_at: "2026-11-06T09:00:00+07:00" };
  assert.equal(entry(token, inside), "already_used");
  assert.equal(entry(token, inside, [moved("exit", NOW - 1)]), "accepted");
  assert.equal(entry(token, { ...inside, moved_at: "2026-11-06T05:00:00+07:00" }), "accepted");
});

test("a released booth and a newer badge are refused", () => {
  assert.equal(entry(token, { ...known, state: "revoked", badge: { exhibitor: "Keripik", booth: null } }), "revoked");
  assert.equal(entry(token, { ...known, generation: 1 }), "superseded");
  assert.equal(entry({ ...token, generation: 2 }, { ...known, generation: 1 }), "accepted");
});

test("the sentence says what the code alone does not", () => {
  assert.equal(badgeReason({ code: "revoked", badge: { booth: null } }), "not_confirmed");
  assert.equal(badgeReason({ code: "revoked", badge: { booth: "A12" } }), "revoked");
  assert.equal(badgeReason({ code: "already_used", badge: { booth: "A12" } }), "already_inside");
  assert.equal(badgeReason({ code: "already_used", badge: { booth: "A12" }, earlier: {} }), "already_used");
});

test("a token or what its code names tells a badge from a pass", () => {
  assert.ok(isBadge(token, undefined));
  assert.ok(isBadge(null, known));
  assert.ok(!isBadge({ ...token, kind: 1 }, undefined));
  assert.ok(!isBadge(null, { ...known, badge: undefined }));
  assert.equal(tidyCode("8AAAAAAA"), "BAAAAAAA");
});

test("a typed code is found by the digest that the server makes of it", async () => {
  const salt = "0123456789abcdef0123456789abcdef";
  assert.equal(await codeDigest(salt, "8AAAAAAA"), "d01fa371c12a2270c04c");
});
