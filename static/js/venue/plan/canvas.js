/**
 * Draws the plan as SVG, one unit for each metre: rulers, background, pieces, selection with its handles, guides. Zooms
 * and pans by the view box. Only pieces that changed are drawn anew.
 *
 * @typedef {import("./plan_state.js").Piece} Piece
 * @typedef {import("./plan_state.js").State} State
 * @typedef {import("./plan_state.js").NamedHall} NamedHall
 * @typedef {import("./geometry.js").Point} Point
 * @typedef {import("./geometry.js").Guide} Guide
 */

import { around, boxOf, centre, turned } from "./geometry.js";
import { roomsOf } from "./halls.js";
import { isDrawn } from "./plan_state.js";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN_M = 1.6;
const CLOSEST_M = 3;
const HANDLE_PX = 11;
const KNOB_PX = 26;
/** Smaller pieces have no corner handles, which would cover the piece itself. */
const SMALLEST_PX = { coarse: 44, fine: 20 };

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {(Node | string)[]} children
 * @returns {SVGElement}
 */
function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** @param {{x: number, y: number, width: number, depth: number, rotation: number}} one @returns {string} */
function placed(one) {
  const spin = one.rotation ? ` rotate(${one.rotation} ${one.width / 2} ${one.depth / 2})` : "";
  return `translate(${one.x} ${one.y})${spin}`;
}

/** @param {Piece} one @returns {string} */
export function nameOf(one) {
  return one.type === "landmark" ? one.facts.label : one.type === "zone" ? one.facts.name : one.facts.code;
}

export class Canvas {
  /** @type {Map<string, {piece: Piece, element: SVGElement}>} */
  #drawn = new Map();
  #ground = svg("g");
  #zones = svg("g");
  #pieces = svg("g");
  #over = svg("g", { class: "over" });
  /** @type {State | null} */
  #state = null;
  #view = { x: 0, y: 0, width: 1, depth: 1 };

  /**
   * @param {SVGSVGElement} root
   * @param {Record<string, string>} holders names by booth id
   * @param {string} pictures address of pictures, ending in `-`
   * @param {(state: State) => NamedHall} room the hall that is open
   */
  constructor(root, holders, pictures, room) {
    this.room = room;
    this.root = root;
    this.holders = holders;
    this.pictures = pictures;
    /** @type {Set<string>} */
    this.faulty = new Set();
    root.replaceChildren(this.#ground, this.#zones, this.#pieces, this.#over);
  }

  /** The metres of one screen pixel. */
  get metresPerPixel() {
    const { width, height } = this.root.getBoundingClientRect();
    return Math.max(this.#view.width / (width || 1), this.#view.depth / (height || 1));
  }

  /** @param {number} clientX @param {number} clientY @returns {Point} */
  at(clientX, clientY) {
    const matrix = this.root.getScreenCTM();
    if (matrix === null) return { x: 0, y: 0 };
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
    return { x, y };
  }

  whole() {
    if (this.#state === null) return;
    const { x, y, width, depth } = this.room(this.#state);
    this.#look({ x: x - MARGIN_M, y: y - MARGIN_M, width: width + 1.4 * MARGIN_M, depth: depth + 1.4 * MARGIN_M });
  }

  /** @param {number} factor above 1 goes nearer @param {Point} [about] */
  zoom(factor, about) {
    const now = this.#view;
    const hall = this.#state?.hall ?? { width: 1, depth: 1 };
    const width = Math.min(Math.max(now.width / factor, CLOSEST_M), 3 * Math.max(hall.width, hall.depth) + 10);
    const scale = width / now.width;
    const middle = about ?? { x: now.x + now.width / 2, y: now.y + now.depth / 2 };
    const x = middle.x - (middle.x - now.x) * scale;
    this.#look({ x, y: middle.y - (middle.y - now.y) * scale, width, depth: now.depth * scale });
  }

  /** @param {number} dx @param {number} dy metres */
  pan(dx, dy) {
    this.#look({ ...this.#view, x: this.#view.x - dx, y: this.#view.y - dy });
  }

  /** Bring pieces into sight: farther away only if they would not fit. @param {readonly Piece[]} pieces */
  reveal(pieces) {
    const drawn = pieces.filter(isDrawn);
    if (drawn.length === 0) return;
    const { x, y, width, depth } = this.#view;
    const box = around(drawn.map(boxOf));
    if (box.left >= x && box.right <= x + width && box.top >= y && box.bottom <= y + depth) return;
    const larger = Math.max(1, (box.right - box.left + MARGIN_M) / width, (box.bottom - box.top + MARGIN_M) / depth);
    const seen = { width: width * larger, depth: depth * larger };
    this.#look({ x: (box.left + box.right - seen.width) / 2, y: (box.top + box.bottom - seen.depth) / 2, ...seen });
  }

  /** @param {{x: number, y: number, width: number, depth: number}} view */
  #look(view) {
    this.#view = view;
    this.root.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.depth}`);
    this.root.dispatchEvent(new Event("viewchange"));
  }

  /** @param {State} state @param {Set<string>} selection */
  draw(state, selection) {
    const first = this.#state === null;
    if (this.#state?.hall !== state.hall || this.#state?.halls !== state.halls || this.#state?.background !== state.background) this.#drawGround(state);
    this.#state = state;
    if (first) this.whole();
    const gone = new Set(this.#drawn.keys());
    for (const one of state.pieces) {
      if (!isDrawn(one)) continue;
      gone.delete(one.key);
      const known = this.#drawn.get(one.key);
      if (known?.piece === one) continue;
      const element = this.#drawPiece(one);
      if (known) known.element.replaceWith(element);
      else (one.type === "zone" ? this.#zones : this.#pieces).append(element);
      this.#drawn.set(one.key, { piece: one, element });
    }
    for (const key of gone) {
      this.#drawn.get(key)?.element.remove();
      this.#drawn.delete(key);
    }
    this.mark(selection);
  }

  /** @param {Set<string>} selection */
  mark(selection) {
    for (const [key, { element }] of this.#drawn) {
      element.classList.toggle("chosen", selection.has(key));
      element.classList.toggle("faulty", this.faulty.has(key));
    }
  }

  /** @param {State} state */
  #drawGround(state) {
    const { background } = state;
    const rooms = roomsOf(state);
    const floors = rooms.map(({ x, y, width, depth }) => svg("rect", { class: "floor", x, y, width, height: depth }));
    const rulers = rooms.map((hall) => svg("g", { transform: `translate(${hall.x} ${hall.y})` }, ...this.#rulers(hall)));
    this.#ground.replaceChildren(...floors, ...rulers);
    if (background) {
      const { picture, x, y, width, depth, opacity } = background;
      const href = this.pictures.replace(/-$/, picture);
      floors[floors.length - 1].after(svg("image", { href, x, y, width, height: depth, opacity, preserveAspectRatio: "none" }));
    }
  }

  /** Ticks at each metre above and beside the hall, numbers at every fifth. @param {{width: number, depth: number}} hall @returns {SVGElement[]} */
  #rulers({ width, depth }) {
    const step = Math.max(width, depth) > 120 ? 10 : 1;
    const size = Math.max(0.5, Math.min(2, Math.max(width, depth) / 60));
    const ticks = [];
    const numbers = [];
    for (let metre = 0; metre <= Math.max(width, depth); metre += step) {
      const long = metre % (5 * step) === 0;
      const length = long ? 0.5 : 0.25;
      if (metre <= width) ticks.push(`M${metre} -.2v-${length}`);
      if (metre <= depth) ticks.push(`M-.2 ${metre}h-${length}`);
      if (!long || metre === 0) continue;
      if (metre <= width) numbers.push(svg("text", { x: metre, y: -0.8, "font-size": size }, String(metre)));
      if (metre <= depth) numbers.push(svg("text", { x: -0.85, y: metre, dy: ".35em", "font-size": size, class: "beside" }, String(metre)));
    }
    return [svg("path", { class: "ticks", d: ticks.join("") }), svg("g", { class: "ruler-numbers" }, ...numbers)];
  }

  /** @param {Piece} one @returns {SVGElement} */
  #drawPiece(one) {
    const { type, facts, width, depth } = one;
    const held = type === "booth" && facts.id !== null && this.holders[facts.id];
    const group = svg("g", { "data-key": one.key, "data-type": type, transform: placed(one) });
    if (type === "booth") group.dataset.code = facts.code;
    group.classList.add(type, ...(type === "landmark" ? [facts.kind] : []), ...(held ? ["held"] : []));
    group.append(svg("rect", { width, height: depth, rx: type === "zone" ? 0 : Math.min(0.1, width / 4, depth / 4) }));
    const text = nameOf(one);
    if (text) {
      const along = type === "landmark" && depth > 1.5 * width;
      const turned = (along ? -90 : 0) + (one.rotation > 90 && one.rotation < 270 ? 180 : 0);
      /** @type {Record<string, string>} */
      const upright = turned ? { transform: `rotate(${turned} ${width / 2} ${depth / 2})` } : {};
      const [long, short] = along ? [depth, width] : [width, depth];
      const size = Math.min(type === "booth" ? 0.72 : 0.45, short * 0.7, (1.5 * long) / text.length);
      /** @type {Record<string, string | number>} */
      const place = type === "zone" ? { x: 0.12, y: 0.4 } : { x: width / 2, y: depth / 2, dy: ".35em" };
      group.append(svg("text", { ...place, ...upright, "font-size": Math.max(size, 0.08) }, text));
    }
    if (held) group.append(svg("title", {}, `${facts.code}, ${held}`));
    return group;
  }

  /** What lies over the plan: handles of what is selected, guides, a frame being drawn, a measured line. @param {(SVGElement | null)[]} elements */
  over(...elements) {
    this.#over.replaceChildren(...elements.filter((one) => one !== null));
  }

  /** @param {readonly Piece[]} selected @param {(value: number) => string} metres @returns {SVGElement | null} */
  handles(selected, metres) {
    const drawn = selected.filter(isDrawn);
    if (drawn.length === 0) return null;
    const pixel = this.metresPerPixel;
    const group = svg("g", { class: "handles" });
    if (drawn.length > 1) {
      const { left, top, right, bottom } = around(drawn.map(boxOf));
      group.append(svg("rect", { class: "frame", x: left, y: top, width: right - left, height: bottom - top }));
      return group;
    }
    const [one] = drawn;
    const middle = centre(one);
    const smallest = window.matchMedia("(pointer: coarse)").matches ? SMALLEST_PX.coarse : SMALLEST_PX.fine;
    const corners = Math.max(one.width, one.depth) < smallest * pixel ? [] : [[-1, -1], [1, -1], [1, 1], [-1, 1]];
    for (const [right, down] of corners) {
      const offset = turned({ x: (right * one.width) / 2, y: (down * one.depth) / 2 }, one.rotation);
      const corner = { cx: middle.x + offset.x, cy: middle.y + offset.y, r: (HANDLE_PX / 2) * pixel };
      group.append(svg("circle", { class: "handle", "data-handle": `${right} ${down}`, ...corner }));
    }
    if (one.type !== "zone") {
      const up = turned({ x: 0, y: -one.depth / 2 - KNOB_PX * pixel }, one.rotation);
      const from = turned({ x: 0, y: -one.depth / 2 }, one.rotation);
      const [x, y] = [middle.x + up.x, middle.y + up.y];
      group.append(
        svg("line", { x1: middle.x + from.x, y1: middle.y + from.y, x2: x, y2: y }),
        svg("circle", { class: "handle knob", "data-handle": "turn", cx: x, cy: y, r: (HANDLE_PX / 2) * 1.2 * pixel }),
      );
    }
    const box = boxOf(one);
    const label = { class: "size", x: middle.x, y: box.bottom + 16 * pixel, "font-size": 12 * pixel, "stroke-width": 3 * pixel };
    group.append(svg("text", label, `${metres(one.width)} × ${metres(one.depth)} m`));
    return group;
  }

  /** @param {readonly Guide[]} guides @returns {SVGElement} */
  guides(guides) {
    const { x, y, width, depth } = this.#view;
    const lines = guides.map(({ axis, at }) =>
      axis === "x" ? svg("line", { x1: at, x2: at, y1: y, y2: y + depth }) : svg("line", { y1: at, y2: at, x1: x, x2: x + width }),
    );
    return svg("g", { class: "guides" }, ...lines);
  }

  /** Booths as they would be. @param {readonly {code: string, x: number, y: number, width: number, depth: number, rotation: number}[]} booths @returns {SVGElement} */
  block(booths) {
    const drawn = booths.map((one) => {
      const { code, width, depth } = one;
      const size = Math.max(Math.min(0.72, depth * 0.7, (1.5 * width) / (code.length || 1)), 0.08);
      const text = svg("text", { x: width / 2, y: depth / 2, dy: ".35em", "font-size": size }, code);
      return svg("g", { transform: placed(one) }, svg("rect", { width, height: depth }), text);
    });
    return svg("g", { class: "block" }, ...drawn);
  }

  /** @param {Point} from @param {Point} to @returns {SVGElement} */
  frame(from, to) {
    const [x, y] = [Math.min(from.x, to.x), Math.min(from.y, to.y)];
    return svg("rect", { class: "frame", x, y, width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) });
  }

  /** @param {Point} from @param {Point} to @param {string} text @returns {SVGElement} */
  line(from, to, text) {
    const pixel = this.metresPerPixel;
    const label = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 - 8 * pixel, "font-size": 14 * pixel, "stroke-width": 3 * pixel };
    const ends = [from, to].map(({ x, y }) => svg("circle", { cx: x, cy: y, r: 3 * pixel }));
    return svg("g", { class: "measure" }, svg("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y }), ...ends, svg("text", label, text));
  }
}
