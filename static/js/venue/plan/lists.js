/**
 * The plan as a list, for screen readers and for finding a booth.
 *
 * @typedef {import("./commands.js").Commands} Commands
 * @typedef {import("./plan_state.js").Piece} Piece
 */

import { roomOf } from "./halls.js";
import { isDrawn } from "./plan_state.js";

const ORDER = { booth: 0, landmark: 1, zone: 2 };

/** @param {string} text @param {(event: MouseEvent) => void} act @returns {HTMLLIElement} */
export function row(text, act) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", act);
  item.append(button);
  return item;
}

export class Lists {
  /** @type {Map<string, {piece: Piece, item: HTMLLIElement}>} */
  #rows = new Map();
  /** The halls that the rows name. @type {readonly import("./plan_state.js").NamedHall[]} */
  #halls = [];

  /**
   * @param {HTMLElement} list
   * @param {HTMLInputElement} filter
   * @param {Commands} commands
   * @param {(pieces: readonly Piece[]) => void} reveal
   * @param {(event: MouseEvent) => boolean} adding whether what is chosen stays chosen
   */
  constructor(list, filter, commands, reveal, adding) {
    this.list = list;
    this.filter = filter;
    this.commands = commands;
    this.reveal = reveal;
    this.adding = adding;
    filter.addEventListener("input", () => this.#hide());
  }

  /** @param {Piece} one @returns {string} */
  #line(one) {
    const { commands } = this;
    if (!isDrawn(one)) return commands.text("row_zone", { name: commands.name(one) });
    const [width, depth] = [one.width, one.depth].map((value) => commands.metres(value));
    const holder = one.type === "booth" && one.facts.id !== null ? commands.holders[one.facts.id] : "";
    const line = commands.text("row", { name: commands.name(one), ...commands.place(one), width, depth });
    return [line, one.rotation ? `${commands.metres(one.rotation)}°` : "", one.facts.zone ?? "", holder, this.#hallOf(one)].filter(Boolean).join(" · ");
  }

  /** @param {Piece} one */
  #hallOf(one) {
    const { state } = this.commands.history;
    return state.halls.length > 1 ? roomOf(state, one).name : "";
  }

  /** Update the list to the present plan; only changed rows are made anew. */
  show() {
    const pieces = [...this.commands.history.state.pieces].sort(
      (one, other) => ORDER[one.type] - ORDER[other.type] || this.commands.name(one).localeCompare(this.commands.name(other), undefined, { numeric: true }),
    );
    const rows = pieces.map((one) => {
      const known = this.#rows.get(one.key);
      if (known?.piece === one && this.#halls === this.commands.history.state.halls) return [one.key, known];
      const choose = (/** @type {MouseEvent} */ event) => {
        const chosen = new Set(this.adding(event) ? this.commands.history.selection : []);
        if (!chosen.delete(one.key)) chosen.add(one.key);
        this.commands.choose(chosen);
        this.reveal([one]);
      };
      return [one.key, { piece: one, item: row(this.#line(one), choose) }];
    });
    this.#rows = new Map(/** @type {[string, {piece: Piece, item: HTMLLIElement}][]} */ (rows));
    this.#halls = this.commands.history.state.halls;
    this.list.replaceChildren(...[...this.#rows.values()].map(({ item }) => item));
    this.mark();
    this.#hide();
  }

  mark() {
    for (const [key, { item }] of this.#rows) {
      const button = /** @type {HTMLElement} */ (item.firstElementChild);
      button.setAttribute("aria-pressed", String(this.commands.history.selection.has(key)));
    }
  }

  #hide() {
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const { item } of this.#rows.values()) {
      const text = (item.textContent ?? "").toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
    }
  }
}
