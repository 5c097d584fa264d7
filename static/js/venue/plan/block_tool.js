/**
 * Rows of booths in one act: drawn with the pointer, or by the fields beside the plan and the arrow keys, and shown
 * where they would stand. Placing them is one step of the history.
 *
 * @typedef {import("./blocks.js").Block} Block
 * @typedef {import("./canvas.js").Canvas} Canvas
 * @typedef {import("./commands.js").Commands} Commands
 * @typedef {import("./geometry.js").Point} Point
 * @typedef {import("./plan_state.js").Piece} Piece
 * @typedef {import("./pointer.js").Gesture} Gesture
 */

import { MOST_COLUMNS, MOST_ROWS, boothsOf, drawnBetween, nextRow, placesOf, sizeOf } from "./blocks.js";
import { boxOf, snap, wallsOf } from "./geometry.js";
import { isDrawn, newKey, ofType, round } from "./plan_state.js";
import { fieldsOf, fill, valueOf } from "./panel.js";

const REACH_PX = 8;
const NAMED_CODES = 5;
/** @type {Block} */
const FIRST_BLOCK = { x: 0, y: 0, rows: 2, columns: 6, booth_width: 3, booth_depth: 3, gap: 0, aisle: 3, first: "A01", scheme: "by_row", snake: false };

export class BlockTool {
  block = FIRST_BLOCK;
  open = false;

  /**
   * @param {HTMLFormElement} form
   * @param {Commands} commands
   * @param {Canvas} canvas
   * @param {() => void} changed it was opened, changed or closed
   */
  constructor(form, commands, canvas, changed) {
    this.form = form;
    this.commands = commands;
    this.canvas = canvas;
    this.changed = changed;
    this.line = /** @type {HTMLElement} */ (form.querySelector("[data-line]"));
    this.button = /** @type {HTMLButtonElement} */ (form.querySelector("[type=submit]"));
    form.addEventListener("input", (event) => this.#take(event.target));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.place();
    });
  }

  /** Open it with booths as large as the others, the next free row, in the middle of what one sees. @param {Point} middle */
  start(middle) {
    const { state, selected } = this.commands.history;
    const pattern = selected.find((one) => one.type === "booth") ?? ofType(state, "booth").at(-1);
    const size = pattern ? { booth_width: pattern.width, booth_depth: pattern.depth } : {};
    const block = { ...this.block, ...size, first: nextRow(this.commands.codes()) };
    const { width, depth } = sizeOf(block);
    this.open = true;
    this.#turnTo({ ...block, ...this.#onGrid({ x: middle.x - width / 2, y: middle.y - depth / 2 }) });
    this.commands.say(this.commands.text("block_begin"));
  }

  close() {
    this.open = false;
    this.changed();
  }

  /** Keep the booths as one step, and close. */
  place() {
    const booths = this.#checked();
    if (typeof booths === "string") {
      this.commands.say(booths);
      return;
    }
    const { history } = this.commands;
    const zones = ofType(history.state, "zone").filter(isDrawn);
    const pieces = booths.map(({ code, corner, ...place }) => {
      const [x, y] = [place.x + place.width / 2, place.y + place.depth / 2];
      const zone = zones.find((one) => x >= one.x && x <= one.x + one.width && y >= one.y && y <= one.y + one.depth);
      const facts = { code, zone: zone?.facts.code ?? "", corner, power_va: 0, water: false, accessible: true, blocked_reason: "", id: null };
      return /** @type {Piece} */ ({ key: newKey(), type: "booth", ...place, rotation: 0, facts });
    });
    history.keep({ ...history.state, pieces: [...history.state.pieces, ...pieces] });
    history.select(pieces.map((one) => one.key));
    this.close();
    this.commands.say(this.commands.text("block_placed", this.#values()));
  }

  /** @param {number} dx @param {number} dy metres */
  move(dx, dy) {
    this.#turnTo({ ...this.block, x: round(this.block.x + dx), y: round(this.block.y + dy) });
    this.tell();
  }

  /** @param {number} columns @param {number} rows how many more */
  grow(columns, rows) {
    const between = (/** @type {number} */ count, /** @type {number} */ most) => Math.min(most, Math.max(1, count));
    const grown = { columns: between(this.block.columns + columns, MOST_COLUMNS), rows: between(this.block.rows + rows, MOST_ROWS) };
    this.#turnTo({ ...this.block, ...grown });
    this.tell();
  }

  /** Say what is drawn, or why it cannot be placed. */
  tell() {
    this.commands.say(this.line.textContent ?? "");
  }

  /** Inside the block the pointer carries it, elsewhere it draws it anew. @param {Point} from @returns {Gesture} */
  gesture(from) {
    const { block } = this;
    const { width, depth } = sizeOf(block);
    const inside = from.x >= block.x && from.x <= block.x + width && from.y >= block.y && from.y <= block.y + depth;
    return {
      move: (to, { altKey }) => {
        const grid = altKey ? 0 : this.commands.grid;
        this.#turnTo(inside ? this.#carried(block, to.x - from.x, to.y - from.y, altKey) : drawnBetween(block, from, to, grid));
      },
      end: (moved) => {
        if (!moved && !inside) this.#turnTo({ ...block, ...this.#onGrid(from) });
        this.tell();
      },
    };
  }

  /** @param {Block} block @param {number} dx @param {number} dy @param {boolean} freely @returns {Block} */
  #carried(block, dx, dy, freely) {
    const { width, depth } = sizeOf(block);
    const { state } = this.commands.history;
    const wish = { left: block.x + dx, top: block.y + dy, right: block.x + dx + width, bottom: block.y + dy + depth };
    const others = [...state.pieces.filter(isDrawn).map(boxOf), wallsOf(this.commands.room)];
    const how = { grid: this.commands.grid, reach: Math.min(REACH_PX * this.canvas.metresPerPixel, 0.3) };
    const shift = freely ? { dx: 0, dy: 0 } : snap(wish, others, how);
    return { ...block, x: round(wish.left + shift.dx), y: round(wish.top + shift.dy) };
  }

  /** @param {Point} point @returns {Point} */
  #onGrid({ x, y }) {
    const { step } = this.commands;
    return { x: round(Math.round(x / step) * step), y: round(Math.round(y / step) * step) };
  }

  /** The booths, or a sentence that says why they cannot be placed. */
  #checked() {
    const booths = boothsOf(this.block);
    if (typeof booths === "string") return this.commands.text(`number_${booths}`);
    const used = this.commands.codes();
    const twice = booths.filter((one) => used.has(one.code)).map((one) => one.code);
    if (twice.length === 0) return booths;
    const more = twice.length > NAMED_CODES ? " …" : "";
    return this.commands.text("number_taken", { codes: twice.slice(0, NAMED_CODES).join(", ") + more });
  }

  /** From where people count metres: the corner of the open hall. @returns {Point} */
  get #corner() {
    const { x, y } = this.commands.room;
    return { x, y };
  }

  #values() {
    const booths = boothsOf(this.block);
    const { width, depth } = sizeOf(this.block);
    const { metres } = this.commands;
    const [first, last] = typeof booths === "string" ? ["", ""] : [booths[0].code, booths[booths.length - 1].code];
    return { count: this.block.rows * this.block.columns, first, last, width: metres(width), depth: metres(depth), x: metres(round(this.block.x - this.#corner.x)), y: metres(round(this.block.y - this.#corner.y)) };
  }

  /** @param {Block} block */
  #turnTo(block) {
    this.block = block;
    for (const field of fieldsOf(this.form)) {
      const name = /** @type {"x"} */ (field.dataset.field);
      if (field !== document.activeElement) fill(field, name in this.#corner ? round(block[name] - this.#corner[name]) : block[name]);
    }
    const booths = this.#checked();
    const refused = typeof booths === "string";
    this.button.disabled = refused;
    this.button.textContent = this.commands.text("block_place", this.#values());
    this.line.textContent = refused ? booths : this.commands.text("block", this.#values());
    this.line.classList.toggle("faulty", refused);
    this.changed();
  }

  /** @param {EventTarget | null} field */
  #take(field) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement) || !field.checkValidity()) return;
    const name = field.dataset.field ?? "";
    const value = valueOf(field);
    const corner = this.#corner[/** @type {"x"} */ (name)];
    this.#turnTo({ ...this.block, [name]: corner === undefined ? value : round(Number(value) + corner) });
  }

  /** The booths as they would stand; numbers only where they can be read. */
  drawn() {
    if (!this.open) return null;
    const booths = boothsOf(this.block);
    const { booth_width: width, booth_depth: depth } = this.block;
    const places = typeof booths === "string" ? placesOf(this.block).map((place) => ({ ...place, code: "" })) : booths;
    return this.canvas.block(places.map(({ x, y, code }) => ({ x, y, code, width, depth, rotation: 0 })));
  }
}
