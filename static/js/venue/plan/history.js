/**
 * The plan's state with undo and redo, and what is selected. A gesture shows states without recording them, and records
 * one when it ends.
 *
 * @typedef {import("./plan_state.js").State} State
 * @typedef {import("./plan_state.js").Piece} Piece
 */

const MOST_STEPS = 300;

export class History extends EventTarget {
  /** @type {State[]} */
  #before = [];
  /** @type {State[]} */
  #after = [];
  /** @type {State} */
  #kept;
  /** @type {State} */
  #saved;

  /** @param {State} state */
  constructor(state) {
    super();
    this.#kept = this.#saved = this.state = state;
    /** @type {Set<string>} */
    this.selection = new Set();
  }

  get unsaved() {
    return this.#kept !== this.#saved;
  }

  get canUndo() {
    return this.#before.length > 0;
  }

  get canRedo() {
    return this.#after.length > 0;
  }

  /** @returns {Piece[]} */
  get selected() {
    return this.state.pieces.filter((one) => this.selection.has(one.key));
  }

  /** Show a state of a gesture that goes on. @param {State} state */
  show(state) {
    this.state = state;
    this.#tell("show");
  }

  /** Keep a state as one step. @param {State} state */
  keep(state) {
    if (state !== this.#kept) {
      this.#before.push(this.#kept);
      if (this.#before.length > MOST_STEPS) this.#before.shift();
      this.#after = [];
      this.#kept = state;
    }
    this.#turnTo(state);
  }

  /** Cancel a gesture that is not recorded yet. */
  drop() {
    this.#turnTo(this.#kept);
  }

  undo() {
    this.#go(this.#before, this.#after);
  }

  redo() {
    this.#go(this.#after, this.#before);
  }

  /** The server has this state now, perhaps with ids of its own: begin anew from it. @param {State} state */
  begin(state) {
    this.#before = [];
    this.#after = [];
    this.#kept = this.#saved = state;
    this.selection = new Set();
    this.#turnTo(state);
  }

  /** @param {Iterable<string>} keys */
  select(keys) {
    this.selection = new Set(keys);
    this.#tell("select");
  }

  /** @param {State[]} from @param {State[]} to */
  #go(from, to) {
    const state = from.pop();
    if (state === undefined) return;
    to.push(this.#kept);
    this.#kept = state;
    this.#turnTo(state);
  }

  /** @param {State} state */
  #turnTo(state) {
    this.state = state;
    const there = new Set(state.pieces.map((one) => one.key));
    this.selection = new Set([...this.selection].filter((key) => there.has(key)));
    this.#tell("change");
  }

  /** @param {"show" | "change" | "select"} what */
  #tell(what) {
    this.dispatchEvent(new Event(what));
  }
}
