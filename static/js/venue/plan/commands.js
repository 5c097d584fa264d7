/**
 * The commands on the plan, the same for mouse, touch, keyboard and buttons. Each command is one step of the history.
 *
 * @typedef {import("./plan_state.js").Piece} Piece
 * @typedef {import("./history.js").History} History
 * @typedef {import("./arranging.js").Edge} Edge
 * @typedef {import("./arranging.js").Direction} Direction
 */

import { aligned, spread } from "./arranging.js";
import { boxOf, turnedTogether } from "./geometry.js";
import { roomOf, roomsOf } from "./halls.js";
import { SMALLEST_M, inReadingOrder, isDrawn, mapPieces, newKey, nextCodes, ofType, round } from "./plan_state.js";

/** @type {Record<string, [number, number]>} */
const SIZES = {
  booth: [3, 3],
  zone: [8, 6],
  entrance: [4, 0.6],
  exit: [4, 0.6],
  door: [2, 0.4],
  stage: [6, 3],
  wall: [6, 0.2],
  aisle: [10, 2],
  hand_washing: [1.8, 1.2],
  information: [2, 2],
};
const COPY_GAP_M = 0.1;

export class Commands {
  /**
   * @param {History} history
   * @param {Record<string, string>} texts
   * @param {Record<string, string>} kinds names of landmarks
   * @param {Record<string, string>} holders
   * @param {(text: string) => void} say tells what happened
   */
  constructor(history, texts, kinds, holders, say) {
    this.history = history;
    this.texts = texts;
    this.kinds = kinds;
    this.holders = holders;
    this.say = say;
    this.grid = 0.5;
    /** The code of the hall that is open. */
    this.hall = "";
  }

  /** The hall that is open. */
  get room() {
    const rooms = roomsOf(this.history.state);
    return rooms.find(({ code }) => code === this.hall) ?? rooms[0];
  }

  /** Whether it is in the hall that is open. @param {Piece} one */
  isHere(one) {
    return roomOf(this.history.state, one).code === this.room.code;
  }

  /** Where it is in its hall, as people read it. @param {Piece} one @returns {{x: string, y: string}} */
  place(one) {
    const room = roomOf(this.history.state, one);
    return { x: this.metres(round(one.x - room.x)), y: this.metres(round(one.y - room.y)) };
  }

  /** A text with its `{names}` filled in. @param {string} name @param {Record<string, string | number>} values @returns {string} */
  text(name, values = {}) {
    return this.texts[name].replace(/\{(\w+)\}/g, (_all, key) => String(values[key] ?? ""));
  }

  /** @param {number} value @returns {string} */
  metres(value) {
    return value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });
  }

  get step() {
    return this.grid || 0.1;
  }

  /** @param {Piece} one @returns {string} */
  name(one) {
    const { code, name, label, kind } = one.facts;
    return one.type === "booth" ? code : one.type === "zone" ? name : label || this.kinds[kind];
  }

  /** @param {readonly Piece[]} pieces @returns {string} */
  names(pieces) {
    const shown = pieces.slice(0, 5).map((one) => this.name(one));
    return pieces.length > 5 ? `${shown.join(", ")} … (${pieces.length})` : shown.join(", ");
  }

  /** @param {(one: Piece) => Piece} change @param {string} [said] */
  change(change, said) {
    const { history } = this;
    if (history.selection.size === 0) {
      this.say(this.text("nothing"));
      return;
    }
    history.keep(mapPieces(history.state, (one) => (history.selection.has(one.key) ? change(one) : one)));
    if (said) this.say(said);
  }

  /** @returns {Set<string>} */
  codes() {
    return new Set(ofType(this.history.state, "booth").map((one) => one.facts.code));
  }

  /** @param {string} kind `booth`, `zone` or a landmark's @param {{x: number, y: number}} about where its middle lies */
  add(kind, about) {
    const { history } = this;
    const [width, depth] = this.#sizeOf(kind);
    const onGrid = (/** @type {number} */ value) => round(Math.round(value / this.step) * this.step);
    const type = kind === "booth" || kind === "zone" ? kind : "landmark";
    /** @type {Piece} */
    const made = {
      key: newKey(),
      type,
      x: onGrid(about.x - width / 2),
      y: onGrid(about.y - depth / 2),
      width,
      depth,
      rotation: 0,
      facts: this.#factsOf(kind),
    };
    history.keep({ ...history.state, pieces: [...history.state.pieces, made] });
    history.select([made.key]);
    this.say(this.text("added", { name: this.name(made) }));
  }

  /** A new booth is as large as the one that is selected, or as most are. @param {string} kind @returns {[number, number]} */
  #sizeOf(kind) {
    if (kind !== "booth") return SIZES[kind];
    const { history } = this;
    const pattern = history.selected.find((one) => one.type === "booth") ?? ofType(history.state, "booth").at(-1);
    return pattern ? [pattern.width, pattern.depth] : SIZES.booth;
  }

  /** @param {string} kind @returns {Record<string, any>} */
  #factsOf(kind) {
    if (kind === "booth") {
      const last = this.history.selected.filter((one) => one.type === "booth").at(-1) ?? ofType(this.history.state, "booth").at(-1);
      const [code] = nextCodes(last?.facts.code ?? "A01", 1, this.codes());
      const zone = last?.facts.zone ?? "";
      const facts = { code, zone, corner: false, power_va: 0, water: false, accessible: true, blocked_reason: "", id: null };
      return facts;
    }
    if (kind === "zone") {
      const used = new Set(ofType(this.history.state, "zone").map((one) => one.facts.code));
      const [code] = nextCodes("ZONA-1", 1, used);
      return { code, name: code, drawn: true };
    }
    return { kind, label: kind === "wall" || kind === "aisle" ? "" : this.kinds[kind] };
  }

  /** Remove the selected pieces, except booths that somebody has. */
  remove() {
    const { history } = this;
    const held = history.selected.filter((one) => one.type === "booth" && one.facts.id !== null && this.holders[one.facts.id]);
    if (held.length > 0) {
      this.say(this.text("held", { names: this.names(held) }));
      return;
    }
    const gone = history.selected;
    if (gone.length === 0) return;
    const zones = new Set(gone.filter((one) => one.type === "zone").map((one) => one.facts.code));
    const pieces = history.state.pieces
      .filter((one) => !history.selection.has(one.key))
      .map((one) => (zones.has(one.facts.zone) ? { ...one, facts: { ...one.facts, zone: "" } } : one));
    history.keep({ ...history.state, pieces });
    this.say(this.text("removed", { names: this.names(gone) }));
  }

  /** Copy the selected pieces beside themselves; booths get the next free numbers. */
  duplicate() {
    const { history } = this;
    const pattern = history.selected.filter((one) => one.type !== "zone");
    if (pattern.length === 0) return;
    const boxes = pattern.map(boxOf);
    const dx = round(Math.max(...boxes.map((box) => box.right)) - Math.min(...boxes.map((box) => box.left)));
    const used = this.codes();
    const copies = pattern.map((one) => {
      const facts = one.type === "booth" ? { ...one.facts, id: null, code: nextCodes(one.facts.code, 1, used)[0] } : one.facts;
      if (one.type === "booth") used.add(facts.code);
      return { ...one, key: newKey(), facts, x: round(one.x + dx + (pattern.length > 1 ? COPY_GAP_M : 0)) };
    });
    history.keep({ ...history.state, pieces: [...history.state.pieces, ...copies] });
    history.select(copies.map((one) => one.key));
    this.say(this.text("added", { name: this.names(copies) }));
  }

  /** @param {number} dx @param {number} dy metres */
  move(dx, dy) {
    this.change((one) => ({ ...one, x: round(one.x + dx), y: round(one.y + dy) }));
    const [first] = this.history.selected;
    if (first) this.say(this.text("moved", { name: this.names(this.history.selected), ...this.place(first) }));
  }

  /** @param {number} dWidth @param {number} dDepth metres */
  resize(dWidth, dDepth) {
    const size = (/** @type {number} */ value) => Math.max(SMALLEST_M, round(value));
    this.change((one) => ({ ...one, width: size(one.width + dWidth), depth: size(one.depth + dDepth) }));
    const [first] = this.history.selected;
    if (first) this.say(this.text("sized", { name: this.names(this.history.selected), width: this.metres(first.width), depth: this.metres(first.depth) }));
  }

  /** @param {number} degrees */
  rotate(degrees) {
    const pieces = this.history.selected.filter(isDrawn);
    if (pieces.length === 0) {
      this.say(this.text("nothing"));
      return;
    }
    this.#put(turnedTogether(pieces, degrees));
    this.say(this.text("turned", { name: this.names(pieces), degrees: this.history.selected[0].rotation }));
  }

  /** @param {Edge} edge */
  align(edge) {
    const pieces = this.#arranged(2);
    if (pieces === null) return;
    this.#put(aligned(pieces, edge));
    this.say(this.text(`aligned_${edge}`, { names: this.names(pieces) }));
  }

  /** @param {Direction} direction */
  spread(direction) {
    const pieces = this.#arranged(3);
    if (pieces === null) return;
    const { pieces: put, gap } = spread(pieces, direction);
    this.#put(put);
    const said = gap < 0 ? "spread_over" : "spread";
    this.say(this.text(said, { names: this.names(pieces), metres: this.metres(Math.abs(gap)) }));
  }

  /** The selected pieces that can be put in order, or null with a word if they are too few. @param {number} fewest */
  #arranged(fewest) {
    const pieces = this.history.selected.filter(isDrawn);
    if (pieces.length >= fewest) return pieces;
    this.say(this.text("too_few", { count: fewest }));
    return null;
  }

  /** @param {readonly Piece[]} pieces */
  #put(pieces) {
    const put = new Map(pieces.map((one) => [one.key, one]));
    this.change((one) => put.get(one.key) ?? one);
  }

  /** Select and say what. @param {Iterable<string>} keys */
  choose(keys) {
    this.history.select(keys);
    this.tellChosen();
  }

  /** Say what is selected: one piece with its place, several by their count and first names. */
  tellChosen() {
    const { selected } = this.history;
    const [one] = selected;
    if (one === undefined) this.say(this.text("none"));
    else if (selected.length > 1) this.say(this.text("chosen", { count: selected.length, names: this.names(selected) }));
    else this.say(this.text("at", { name: this.name(one), ...this.place(one) }));
  }

  selectAll() {
    const here = ofType(this.history.state, "booth").filter((one) => this.isHere(one));
    this.choose(here.map((one) => one.key));
  }

  /** Select the next piece in reading order, or the one before. @param {1 | -1} step @param {boolean} adding keep what is selected */
  next(step, adding = false) {
    const { selection, state } = this.history;
    const order = inReadingOrder(state.pieces.filter((one) => isDrawn(one) && this.isHere(one)));
    if (order.length === 0) return;
    const chosen = order.flatMap((one, number) => (selection.has(one.key) ? [number] : []));
    const place = (step > 0 ? chosen.at(-1) : chosen[0]) ?? -1;
    const found = place < 0 ? order[step > 0 ? 0 : order.length - 1] : order[(place + step + order.length) % order.length];
    this.choose(adding ? [...selection, found.key] : [found.key]);
  }
}
