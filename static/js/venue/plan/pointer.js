/**
 * Mouse and touch on the plan: select, move with snapping, resize and turn by handles, draw a frame, measure, pan and
 * pinch. A gesture is recorded only when the finger is lifted; Escape cancels it.
 *
 * @typedef {import("./plan_state.js").Piece} Piece
 * @typedef {import("./geometry.js").Point} Point
 * @typedef {import("./geometry.js").Guide} Guide
 * @typedef {import("./canvas.js").Canvas} Canvas
 * @typedef {import("./commands.js").Commands} Commands
 * @typedef {{move: (to: Point, event: PointerEvent) => void, end: (moved: boolean) => void}} Gesture
 */

import { around, boxOf, centre, meet, resized, snap, wallsOf } from "./geometry.js";
import { isDrawn, mapPieces, round, turn } from "./plan_state.js";

const DRAG_PX = 4;
const REACH_PX = 8;
const REACH_M = 0.3;
const TURN_STEP = 15;

export class Pointer {
  /** @type {Gesture | null} */
  #gesture = null;
  /** @type {Map<number, PointerEvent>} */
  #fingers = new Map();
  #start = { x: 0, y: 0 };
  #moved = false;
  /** @type {{from: Point, to: Point} | null} */
  measured = null;
  measuring = false;
  /** @type {import("./block_tool.js").BlockTool | null} */
  block = null;
  several = false;

  /** @param {Canvas} canvas @param {Commands} commands @param {() => void} changed what lies over the plan is to be drawn anew */
  constructor(canvas, commands, changed) {
    this.canvas = canvas;
    this.commands = commands;
    this.changed = changed;
    const { root } = canvas;
    root.addEventListener("pointerdown", (event) => this.#down(event));
    root.addEventListener("pointermove", (event) => this.#move(event));
    root.addEventListener("pointerup", (event) => this.#up(event));
    root.addEventListener("pointercancel", () => this.cancel());
    root.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    root.addEventListener("dragstart", (event) => event.preventDefault());
  }

  /** Whether a gesture is in progress. */
  get busy() {
    return this.#gesture !== null;
  }

  /** Whether what is chosen stays chosen. @param {MouseEvent} event @returns {boolean} */
  adding(event) {
    return event.shiftKey || event.ctrlKey || event.metaKey || this.several;
  }

  cancel() {
    this.#fingers.clear();
    if (this.#gesture === null) return;
    this.#gesture = null;
    this.commands.history.drop();
    this.changed();
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    if (!event.ctrlKey && document.activeElement !== this.canvas.root) return;
    event.preventDefault();
    this.canvas.zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, this.canvas.at(event.clientX, event.clientY));
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button > 1) return;
    const { root } = this.canvas;
    root.focus({ preventScroll: true });
    root.setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, event);
    if (this.#fingers.size === 2) {
      this.commands.history.drop();
      this.#gesture = this.#pinch();
      return;
    }
    this.#start = { x: event.clientX, y: event.clientY };
    this.#moved = false;
    this.#gesture = this.#begin(event);
  }

  /** @param {PointerEvent} event @returns {Gesture} */
  #begin(event) {
    const from = this.canvas.at(event.clientX, event.clientY);
    const target = event.target instanceof Element ? event.target : this.canvas.root;
    if (event.button === 1) return this.#drag(from);
    if (this.block?.open) return this.block.gesture(from);
    if (this.measuring) return this.#measure(from);
    const handle = target.closest("[data-handle]")?.getAttribute("data-handle");
    const [chosen] = this.commands.history.selected;
    if (handle && chosen) return handle === "turn" ? this.#turn(chosen) : this.#resize(chosen, handle);
    const key = target.closest("[data-key]")?.getAttribute("data-key");
    if (key) return this.#carry(key, from, event);
    const framing = event.pointerType === "mouse" ? event.button === 0 && !event.altKey : this.several;
    return framing ? this.#frame(from, event) : this.#drag(from);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#fingers.has(event.pointerId)) return;
    this.#fingers.set(event.pointerId, event);
    if (this.#gesture === null) return;
    const far = Math.hypot(event.clientX - this.#start.x, event.clientY - this.#start.y) >= DRAG_PX;
    this.#moved ||= far || this.#fingers.size > 1;
    if (this.#moved) this.#gesture.move(this.canvas.at(event.clientX, event.clientY), event);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    this.#fingers.delete(event.pointerId);
    const gesture = this.#gesture;
    if (gesture === null) return;
    this.#gesture = null;
    gesture.end(this.#moved);
    this.changed();
  }

  /** @param {string} key @param {Point} from @param {PointerEvent} event @returns {Gesture} */
  #carry(key, from, event) {
    const { history } = this.commands;
    const adding = this.adding(event);
    const before = new Set(history.selection);
    if (adding) history.select(before.has(key) ? [...before].filter((one) => one !== key) : [...before, key]);
    else if (!before.has(key)) history.select([key]);
    const { state } = history;
    const moving = history.selected.filter(isDrawn);
    if (!moving.some((one) => one.key === key)) return { move: () => {}, end: () => this.commands.tellChosen() };
    const box = around(moving.map(boxOf));
    const others = state.pieces.filter((one) => isDrawn(one) && !history.selection.has(one.key)).map(boxOf);
    others.push(wallsOf(this.commands.room));
    return {
      move: (to, { altKey }) => {
        const [dx, dy] = [to.x - from.x, to.y - from.y];
        const wish = { left: box.left + dx, right: box.right + dx, top: box.top + dy, bottom: box.bottom + dy };
        const how = { grid: altKey ? 0 : this.commands.grid, reach: Math.min(REACH_PX * this.canvas.metresPerPixel, REACH_M) };
        const near = others.filter((one) => meet(one, { left: wish.left - 4, right: wish.right + 4, top: wish.top - 4, bottom: wish.bottom + 4 }));
        const shift = altKey ? { dx: 0, dy: 0, guides: [] } : snap(wish, near, how);
        const [x, y] = [dx + shift.dx, dy + shift.dy];
        history.show(mapPieces(state, (one) => (history.selection.has(one.key) ? { ...one, x: round(one.x + x), y: round(one.y + y) } : one)));
        this.#over(shift.guides);
      },
      end: (moved) => {
        if (moved) {
          history.keep(history.state);
          const [first] = history.selected;
          this.commands.say(this.commands.text("moved", { name: this.commands.names(history.selected), ...this.commands.place(first) }));
        } else if (adding) this.commands.tellChosen();
        else this.commands.choose([key]);
      },
    };
  }

  /** @param {Piece} one @param {string} handle @returns {Gesture} */
  #resize(one, handle) {
    const [right, down] = /** @type {[-1 | 1, -1 | 1]} */ (handle.split(" ").map(Number));
    return this.#shape(one, (to, event) => resized(one, { right, down }, to, event.altKey ? 0 : this.commands.grid));
  }

  /** @param {Piece} one @returns {Gesture} */
  #turn(one) {
    const middle = centre(one);
    return this.#shape(one, (to, event) => {
      const angle = (Math.atan2(to.y - middle.y, to.x - middle.x) * 180) / Math.PI + 90;
      const step = event.altKey ? 1 : TURN_STEP;
      return { ...one, rotation: turn(Math.round(angle / step) * step) };
    });
  }

  /** @param {Piece} one @param {(to: Point, event: PointerEvent) => Piece} made @returns {Gesture} */
  #shape(one, made) {
    const { history } = this.commands;
    const { state } = history;
    return {
      move: (to, event) => {
        const changed = made(to, event);
        history.show(mapPieces(state, (other) => (other.key === one.key ? changed : other)));
        this.#over([]);
      },
      end: () => history.keep(history.state),
    };
  }

  /** @param {Point} from @param {PointerEvent} event @returns {Gesture} */
  #frame(from, event) {
    const { history } = this.commands;
    const before = this.adding(event) ? [...history.selection] : [];
    return {
      move: (to) => {
        const frame = { left: Math.min(from.x, to.x), right: Math.max(from.x, to.x), top: Math.min(from.y, to.y), bottom: Math.max(from.y, to.y) };
        const inside = history.state.pieces.filter((one) => one.type !== "zone" && isDrawn(one) && meet(boxOf(one), frame));
        history.select([...before, ...inside.map((one) => one.key)]);
        this.canvas.over(this.canvas.frame(from, to));
      },
      end: (moved) => {
        if (moved) this.commands.tellChosen();
        else this.commands.choose(before);
      },
    };
  }

  /** @param {Point} from @returns {Gesture} */
  #drag(from) {
    return {
      move: (to) => this.canvas.pan(to.x - from.x, to.y - from.y),
      end: (moved) => {
        if (!moved) this.commands.choose([]);
      },
    };
  }

  /** @returns {Gesture} */
  #pinch() {
    const spread = () => {
      const [one, other] = [...this.#fingers.values()];
      const middle = this.canvas.at((one.clientX + other.clientX) / 2, (one.clientY + other.clientY) / 2);
      return { middle, distance: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1 };
    };
    let last = spread();
    return {
      move: () => {
        if (this.#fingers.size !== 2) return;
        const now = spread();
        this.canvas.zoom(now.distance / last.distance, now.middle);
        this.canvas.pan(now.middle.x - last.middle.x, now.middle.y - last.middle.y);
        last = spread();
      },
      end: () => this.#fingers.clear(),
    };
  }

  /** @param {Point} from @returns {Gesture} */
  #measure(from) {
    const onGrid = (/** @type {Point} */ { x, y }) => ({ x: round(Math.round(x * 10) / 10), y: round(Math.round(y * 10) / 10) });
    return {
      move: (to) => {
        this.measured = { from: onGrid(from), to: onGrid(to) };
        this.changed();
      },
      end: (moved) => {
        if (!moved) this.measured = null;
      },
    };
  }

  /** @param {readonly Guide[]} guides */
  #over(guides) {
    const { history } = this.commands;
    const metres = (/** @type {number} */ value) => this.commands.metres(value);
    this.canvas.over(this.canvas.guides(guides), this.canvas.handles(history.selected, metres));
  }
}
