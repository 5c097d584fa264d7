/** One scan, one decision: the server's, or the device's own when the server is too slow or gone. */

import * as bundles from "../offline/bundle.js";
import { transaction } from "../offline/database.js";
import * as deviceDecision from "../offline/device_decision.js";
import * as queue from "../offline/queue.js";
import * as status from "../offline/status.js";
import * as sync from "../offline/sync.js";
import { decode, tidy } from "../offline/token.js";
import { lastFault, overrule, send } from "../server.js";

/** @typedef {import("../server.js").Scan} Scan */
/** @typedef {import("../server.js").Answer} Answer */
/** @typedef {import("../server.js").Outcome<Answer>} Outcome */

const LATE = /** @type {const} */ ({ kind: "late" });

/** @param {number} ms @returns {Promise<typeof LATE>} */
const after = (ms) => new Promise((resolve) => setTimeout(() => resolve(LATE), ms));

/** Note the people whom the server let move, for own decisions before the next bundle. @param {Scan} scan @param {Answer} answer */
async function note(scan, answer) {
  if (answer.verdict !== "accepted" || scan.token === undefined) return;
  const facts = await bundles.load();
  if (facts === null) return;
  const token = await decode(tidy(scan.token), deviceDecision.keysOf(facts), async () => true);
  if (token === null) return;
  const { nonce, direction } = scan;
  const at = Date.parse(answer.server_at);
  await transaction("readwrite", async (store) =>
    queue.move(store, { nonce, pass: token.pass_id, direction, people: answer.people, returned: answer.returned, at, answered: true }),
  );
}

/** Decide here; null when too little is known. @param {Scan} scan @returns {Promise<Answer | null>} */
async function decideAlone(scan) {
  const answer = await deviceDecision.decide(scan).catch(() => null);
  if (answer !== null) void sync.count().catch(() => {}); // no await: nobody waits for the number
  return answer;
}

/** The server's answer came after our own: if it is the same, nothing is left to report; if not, ours goes out as a conflict. @param {Scan} scan @param {Answer} own @param {Outcome} late */
async function reconcile(scan, own, late) {
  if (late.kind !== "answer") return;
  const { verdict, people } = late.body;
  if (verdict === own.verdict && people === own.people) await queue.settle([scan.nonce]);
  await sync.count();
}

/**
 * Decide a scan. Earlier decisions made without the server are sent first, so that it knows of them.
 * @param {string} token the device's
 * @param {Scan} scan
 * @returns {Promise<Outcome>}
 */
export async function decide(token, scan) {
  const waiting = await queue.unsent().catch(() => 0);
  const offline = waiting > 0 && !navigator.onLine;
  if (offline || (waiting > 0 && (await Promise.race([sync.flush(token), after(sync.patience())])) !== "sent")) {
    const own = await decideAlone(scan);
    if (own !== null) return { kind: "answer", body: own };
  }
  const sent = send(token, scan);
  const first = await Promise.race([sent, after(sync.patience())]);
  if (first.kind === "problem") return first;
  if (first.kind === "answer") {
    await note(scan, first.body).catch(() => {});
    status.showAlone(false);
    return first;
  }
  status.showAlone(true);
  const own = await decideAlone(scan);
  if (own === null) return sent;
  if (first.kind === "nothing" && first.fault !== undefined) own.fault = first.fault;
  void sent.then((late) => reconcile(scan, own, late)).catch(() => {});
  return { kind: "answer", body: own };
}

/**
 * Have a scan decided again with a supervisor's override. Only the server can: it alone knows the PINs.
 * @param {string} token
 * @param {Scan} scan
 * @returns {Promise<Outcome>}
 */
export async function decideWithWord(token, scan) {
  const flushed = await sync.flush(token).catch(() => "stopped");
  if (flushed === "stopped") return { kind: "nothing", fault: lastFault() ?? undefined };
  const outcome = await overrule(token, scan);
  if (outcome.kind === "answer") await note(scan, outcome.body).catch(() => {});
  return outcome;
}
