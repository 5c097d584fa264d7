/** Sends an act and puts the parts of the answer into the page; one act after the other, in the order of the person. */

/** @type {Promise<unknown>} */
let earlier = Promise.resolve();
const SETTLED_MS = 40;

/** @param {string} address @param {Record<string, string>} fields */
export function send(address, fields) {
  earlier = earlier.then(async () => {
    const htmx = /** @type {any} */ (window).htmx;
    await htmx.ajax("POST", address, {
      values: fields,
      source: "#plan-holder",
      target: "#panel",
      select: "#panel",
      swap: "outerHTML show:none",
    });
    await new Promise((done) => window.setTimeout(done, SETTLED_MS)); // htmx prepares what it has put in a moment later
  });
}

/** Take the newest step back, or do it again: whichever the bar offers when its turn comes. @param {"undo" | "redo"} way */
export function stepBack(way) {
  const form = () => document.querySelector(`[data-step="${way}"]`)?.closest("form");
  earlier = earlier.then(() => {
    const now = form();
    if (!(now instanceof HTMLFormElement)) return;
    const fields = /** @type {Record<string, string>} */ ({});
    for (const [name, value] of new FormData(now)) fields[name] = String(value);
    send(now.action, fields);
  });
}
