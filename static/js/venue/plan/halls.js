/**
 * The halls on the ground, as values: which one a piece is in, another one, one changed or taken away. A fair in one hall
 * has none that is named; then the hall is as large as the plan says. Lengths are metres.
 *
 * @typedef {import("./plan_state.js").NamedHall} NamedHall
 * @typedef {import("./plan_state.js").Piece} Piece
 * @typedef {import("./plan_state.js").State} State
 */

import { ofType, round } from "./plan_state.js";

/** Farther than the proposal looks for neighbours: nobody has one through a wall. */
const APART_M = 10;
const FARTHEST_M = 1000;
const TOUCH_M = 0.01;

/** The halls, or the only one without a code and a name. @param {State} state @returns {readonly NamedHall[]} */
export function roomsOf(state) {
  return state.halls.length > 0 ? state.halls : [{ code: "", name: "", x: 0, y: 0, ...state.hall }];
}

/** The hall that a piece's centre is in, else the nearest. @param {State} state @param {Piece} piece @returns {NamedHall} */
export function roomOf(state, piece) {
  const [x, y] = [piece.x + piece.width / 2, piece.y + piece.depth / 2];
  const away = (/** @type {NamedHall} */ hall) =>
    Math.max(hall.x - x, 0, x - hall.x - hall.width) + Math.max(hall.y - y, 0, y - hall.y - hall.depth);
  return roomsOf(state).reduce((nearest, other) => (away(other) < away(nearest) ? other : nearest));
}

/** @param {State} state @param {readonly NamedHall[]} halls @returns {State} */
function withHalls(state, halls) {
  const width = Math.max(...halls.map((hall) => hall.x + hall.width));
  const depth = Math.max(...halls.map((hall) => hall.y + hall.depth));
  return { ...state, halls, hall: { width: round(width), depth: round(depth) } };
}

/** The two that overlap, if any do. @param {readonly NamedHall[]} halls @returns {[NamedHall, NamedHall] | null} */
export function overlapping(halls) {
  for (const [place, one] of halls.entries()) {
    for (const other of halls.slice(place + 1)) {
      const across = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
      const down = Math.min(one.y + one.depth, other.y + other.depth) - Math.max(one.y, other.y);
      if (Math.min(across, down) > TOUCH_M) return [one, other];
    }
  }
  return null;
}

/**
 * The state with a hall changed; what is in it goes along when it is moved.
 *
 * @param {State} state
 * @param {NamedHall} was
 * @param {Partial<NamedHall>} values
 * @returns {State}
 */
export function changed(state, was, values) {
  const now = { ...was, ...values };
  if (state.halls.length === 0) return { ...state, hall: { width: now.width, depth: now.depth } };
  const halls = state.halls.map((hall) => (hall.code === was.code ? now : hall));
  const [dx, dy] = [now.x - was.x, now.y - was.y];
  const pieces =
    dx === 0 && dy === 0
      ? state.pieces
      : state.pieces.map((one) =>
          roomOf(state, one).code === was.code ? { ...one, x: round(one.x + dx), y: round(one.y + dy) } : one,
        );
  return withHalls({ ...state, pieces }, halls);
}

/** The next letter that no hall has. @param {readonly NamedHall[]} halls @returns {string} */
function freeCode(halls) {
  const used = new Set(halls.map(({ code }) => code));
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  return letters.find((letter) => !used.has(letter)) ?? `H${halls.length + 1}`;
}

/**
 * The state with another hall beside the others, as large as the last; the only one gets a name first.
 *
 * @param {State} state
 * @param {(code: string) => string} named the name of a hall by its code
 * @returns {{state: State, code: string}}
 */
export function added(state, named) {
  const [first] = roomsOf(state);
  const halls = state.halls.length > 0 ? state.halls : [{ ...first, code: "A", name: named("A") }];
  const code = freeCode(halls);
  const { width, depth } = halls[halls.length - 1];
  const right = round(Math.max(...halls.map((hall) => hall.x + hall.width)) + APART_M);
  const below = round(Math.max(...halls.map((hall) => hall.y + hall.depth)) + APART_M);
  const place = right <= FARTHEST_M ? { x: right, y: 0 } : { x: 0, y: below };
  return { state: withHalls(state, [...halls, { code, name: named(code), ...place, width, depth }]), code };
}

/** The booths in a hall. @param {State} state @param {NamedHall} room @returns {Piece[]} */
export function boothsIn(state, room) {
  return ofType(state, "booth").filter((one) => roomOf(state, one).code === room.code);
}

/** The state without a hall and the landmarks and areas of zones in it. @param {State} state @param {NamedHall} gone @returns {State} */
export function removed(state, gone) {
  const inside = (/** @type {Piece} */ one) => roomOf(state, one).code === gone.code;
  const pieces = state.pieces
    .filter((one) => one.type !== "landmark" || !inside(one))
    .map((one) => (one.type === "zone" && inside(one) ? { ...one, facts: { ...one.facts, drawn: false } } : one));
  return withHalls(
    { ...state, pieces },
    state.halls.filter((hall) => hall.code !== gone.code),
  );
}

/** The halls as tabs; a click opens one. */
export class HallTabs {
  /** @param {HTMLElement} root @param {(code: string) => void} open */
  constructor(root, open) {
    this.root = root;
    root.addEventListener("click", (event) => {
      const tab = event.target instanceof Element ? event.target.closest("a") : null;
      if (tab === null) return;
      event.preventDefault(); // what is not saved stays
      open(tab.dataset.hall ?? "");
    });
  }

  /** @param {State} state @param {NamedHall} room the open one */
  show(state, room) {
    const list = document.createElement("ul");
    for (const { code, name } of state.halls) {
      const tab = Object.assign(document.createElement("a"), { href: `?hall=${encodeURIComponent(code)}`, textContent: name });
      tab.dataset.hall = code;
      if (code === room.code) tab.setAttribute("aria-current", "page");
      const item = document.createElement("li");
      item.append(tab);
      list.append(item);
    }
    const focused = this.root.contains(document.activeElement);
    this.root.hidden = state.halls.length < 2;
    this.root.replaceChildren(list);
    const open = this.root.querySelector("a[aria-current]");
    if (focused && open instanceof HTMLElement) open.focus();
  }
}
