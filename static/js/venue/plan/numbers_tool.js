/**
 * New numbers for the chosen booths, or for all: the server says what becomes what, the plan shows it, and taking it is
 * one step of the history.
 *
 * @typedef {import("./canvas.js").Canvas} Canvas
 * @typedef {import("./commands.js").Commands} Commands
 * @typedef {import("./plan_state.js").State} State
 * @typedef {import("./server.js").Numbering} Numbering
 * @typedef {import("./server.js").Server} Server
 */

import { fieldsOf, fill, valueOf } from "./panel.js";
import { mapPieces, ofType, toDocument } from "./plan_state.js";

const ASK_AFTER_MS = 250;

export class NumbersTool {
  open = false;
  /** @type {Set<string>} keys of the booths */
  #chosen = new Set();
  /** @type {{state: State, answer: Numbering} | null} */
  #found = null;
  #waiting = 0;
  #asked = new AbortController();

  /**
   * @param {HTMLFormElement} form
   * @param {Commands} commands
   * @param {Canvas} canvas
   * @param {Server} server
   * @param {() => void} changed it was opened, answered or closed
   */
  constructor(form, commands, canvas, server, changed) {
    this.form = form;
    this.commands = commands;
    this.canvas = canvas;
    this.server = server;
    this.changed = changed;
    const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (form.querySelector(name));
    this.title = find("[data-name]");
    this.line = find("[data-line]");
    this.list = find("[data-lines]");
    this.button = /** @type {HTMLButtonElement} */ (find("[type=submit]"));
    form.addEventListener("input", () => this.#askSoon());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#take();
    });
  }

  /** Open it for the chosen booths, or for all when fewer than two are chosen. */
  start() {
    const { history } = this.commands;
    const booths = ofType(history.state, "booth").filter((one) => this.commands.isHere(one) || history.selection.has(one.key));
    const several = booths.filter((one) => history.selection.has(one.key)).length > 1;
    const chosen = booths.filter((one) => !several || history.selection.has(one.key));
    this.#chosen = new Set(chosen.map((one) => one.key));
    if (chosen.length === 0) {
      this.commands.say(this.commands.text("empty"));
      return;
    }
    const codes = chosen.map((one) => one.facts.code).sort();
    for (const field of fieldsOf(this.form)) if (field.dataset.field === "first") fill(field, codes[0]);
    this.title.textContent = this.commands.text(several ? "number_chosen" : "number_all", { count: chosen.length });
    this.open = true;
    this.#show(null, "");
    void this.ask();
  }

  close() {
    this.open = false;
    this.#asked.abort();
    window.clearTimeout(this.#waiting);
    this.changed();
  }

  #askSoon() {
    window.clearTimeout(this.#waiting);
    this.#waiting = window.setTimeout(() => void this.ask(), ASK_AFTER_MS);
  }

  /** Ask the server; afterwards `#found` is its answer to the fields as they are, or null. */
  async ask() {
    window.clearTimeout(this.#waiting);
    this.#asked.abort();
    this.#asked = new AbortController();
    this.#found = null;
    const { state } = this.commands.history;
    const wish = Object.fromEntries(fieldsOf(this.form).map((field) => [field.dataset.field ?? "", valueOf(field)]));
    const chosen = ofType(state, "booth").flatMap((one, place) => (this.#chosen.has(one.key) ? [place] : []));
    const answer = await this.server.number({ plan: toDocument(state), chosen, ...wish }, this.#asked.signal);
    if (answer === null || !this.open) return;
    if ("refused" in answer) this.#show(null, answer.refused);
    else this.#show({ state, answer }, answer.text);
    this.commands.say(this.line.textContent ?? "");
  }

  /** @param {{state: State, answer: Numbering} | null} found @param {string} text */
  #show(found, text) {
    this.#found = found;
    this.line.textContent = text;
    this.line.classList.toggle("faulty", found === null);
    const lines = found?.answer.lines ?? [];
    this.list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    this.button.disabled = found !== null && lines.length === 0;
    this.changed();
  }

  /** Take the numbers, as the fields are now. */
  async #take() {
    await this.ask();
    const found = this.#found;
    const { history } = this.commands;
    if (found === null || found.state !== history.state || found.answer.lines.length === 0) return;
    const booths = ofType(found.state, "booth");
    const codes = new Map(found.answer.numbers.map(([place, code]) => [booths[place].key, code]));
    history.keep(mapPieces(found.state, (one) => (codes.has(one.key) ? { ...one, facts: { ...one.facts, code: codes.get(one.key) } } : one)));
    this.close();
    const order = found.answer.numbers.map(([, code]) => code);
    this.commands.say(this.commands.text("numbered", { names: order.length > 1 ? `${order[0]} – ${order[order.length - 1]}` : order[0] }));
  }

  /** The booths with the numbers they would get. */
  drawn() {
    if (!this.open || this.#found === null) return null;
    const booths = ofType(this.#found.state, "booth");
    return this.canvas.block(this.#found.answer.numbers.map(([place, code]) => ({ ...booths[place], code })));
  }
}
