/** Why there is no answer, said as it is: an error of the server is no dead network. */

import { fill, settings } from "./page.js";

/** @typedef {import("./server.js").Fault} Fault */

const TOO_MANY = 429;
const SERVER_FAULT = 500;

/** Status and code, for whoever looks after the server. @param {Fault} fault */
function sign({ status, code }) {
  return `${status} ${code}`.trim();
}

/**
 * @param {Fault | null | undefined} fault what the server said, if it was reached
 * @param {string} offline the sentence for no network
 */
export function troubleText(fault, offline) {
  if (!fault) return offline;
  const text = fault.status >= SERVER_FAULT ? settings.texts.server_fault : settings.texts.server_says;
  return fill(text, { sign: sign(fault), detail: fault.detail });
}

/** The kind of trouble, for the big word. @param {Fault | null | undefined} fault @returns {"no_answer" | "server_fault" | "too_many"} */
export function troubleWord(fault) {
  if (!fault) return "no_answer";
  return fault.status === TOO_MANY ? "too_many" : "server_fault";
}

/** What the badge says while the device decides alone. @param {Fault | null} fault */
export function aloneText(fault) {
  const { texts } = settings;
  if (fault === null) return texts.offline;
  return fault.status === TOO_MANY ? texts.too_many_now : fill(texts.server_fault_now, { sign: sign(fault) });
}
