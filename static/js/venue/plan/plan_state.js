/**
 * The floor plan in the editor: one immutable state of pieces, made from the server's document and turned back into it.
 * Lengths are metres, x right and y down; rotations are degrees clockwise about a piece's centre.
 *
 * @typedef {"booth" | "landmark" | "zone"} PieceType
 * @typedef {object} Piece
 * @property {string} key
 * @property {PieceType} type
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} depth
 * @property {number} rotation
 * @property {Record<string, any>} facts the other values of its document; a zone's `drawn` says whether it has an area
 *
 * @typedef {{picture: string, x: number, y: number, width: number, depth: number, opacity: number}} Background
 * @typedef {{code: string, name: string, x: number, y: number, width: number, depth: number}} NamedHall
 * @typedef {object} State
 * @property {{width: number, depth: number}} hall the only one, or the ground that several lie on
 * @property {readonly NamedHall[]} halls
 * @property {readonly Piece[]} pieces
 * @property {Background | null} background
 */

export const SMALLEST_M = 0.1;
export const LONGEST_CODE = 16;

let made = 0;

/** @returns {string} */
export function newKey() {
  made += 1;
  return `p${made}`;
}

/** To the millimetre. @param {number} value @returns {number} */
export function round(value) {
  return Math.round(value * 1000) / 1000 + 0;
}

/** @param {number} angle @returns {number} */
export function turn(angle) {
  return (((Math.round(angle * 100) / 100) % 360) + 360) % 360;
}

/** @param {PieceType} type @param {Record<string, any>} values @returns {Piece} */
function piece(type, { x, y, width, depth, rotation = 0, ...facts }) {
  return { key: newKey(), type, x, y, width, depth, rotation, facts };
}

/** @param {any} document @returns {State} */
export function fromDocument(document) {
  const corner = { x: 1, y: 1, width: 6, depth: 6 };
  return {
    hall: document.hall,
    halls: document.halls ?? [],
    background: document.background,
    pieces: [
      ...document.zones.map((/** @type {any} */ { area, ...facts }) =>
        piece("zone", { ...facts, ...(area ?? corner), drawn: area !== null }),
      ),
      ...document.landmarks.map((/** @type {any} */ mark) => piece("landmark", mark)),
      ...document.booths.map((/** @type {any} */ booth) => piece("booth", booth)),
    ],
  };
}

/** @param {State} state @param {PieceType} type @returns {string[]} */
function keysOf(state, type) {
  return ofType(state, type).map((one) => one.key);
}

/** The state that a document of the same pieces describes; each piece keeps its key. @param {State} state @param {any} document @returns {State} */
export function withDocument(state, document) {
  const after = fromDocument(document);
  const keys = { zone: keysOf(state, "zone"), landmark: keysOf(state, "landmark"), booth: keysOf(state, "booth") };
  return { ...after, pieces: after.pieces.map((one) => ({ ...one, key: keys[one.type].shift() ?? one.key })) };
}

/** @param {State} state @param {PieceType} type @returns {Piece[]} */
export function ofType(state, type) {
  return state.pieces.filter((one) => one.type === type);
}

/** @param {State} state @returns {any} */
export function toDocument(state) {
  const { hall, halls, background } = state;
  const placed = (/** @type {Piece} */ { x, y, width, depth }) => ({ x, y, width, depth });
  return {
    format: "exhibition-plan/1",
    hall,
    ...(halls.length > 0 ? { halls } : {}),
    background,
    zones: ofType(state, "zone").map((one) => ({
      code: one.facts.code,
      name: one.facts.name,
      area: one.facts.drawn ? placed(one) : null,
    })),
    landmarks: ofType(state, "landmark").map((one) => ({ ...one.facts, ...placed(one), rotation: one.rotation })),
    booths: ofType(state, "booth").map((one) => ({ ...one.facts, ...placed(one), rotation: one.rotation })),
  };
}

/** Whether it is there to be seen on the plan. @param {Piece} one @returns {boolean} */
export function isDrawn(one) {
  return one.type !== "zone" || one.facts.drawn;
}

/** @param {State} state @param {(one: Piece) => Piece} change @returns {State} */
export function mapPieces(state, change) {
  return { ...state, pieces: state.pieces.map(change) };
}

/**
 * The next numbers after `from` that no booth has: its last digits are counted up, from `A09` to `A10`.
 *
 * @param {string} from
 * @param {number} count
 * @param {Set<string>} used
 * @returns {string[]}
 */
export function nextCodes(from, count, used) {
  const [, stem, digits] = /** @type {RegExpMatchArray} */ (from.match(/^(.*?)(\d*)$/));
  const codes = [];
  const taken = new Set(used);
  for (let number = Number(digits || "1"); codes.length < count; number += 1) {
    const code = `${stem}${String(number).padStart(digits.length, "0")}`;
    if (code.length > LONGEST_CODE) break;
    if (!taken.has(code)) codes.push(code);
    taken.add(code);
  }
  return codes;
}

/** In the order in which people read: rows from above, each from the left. @param {readonly Piece[]} pieces @returns {Piece[]} */
export function inReadingOrder(pieces) {
  const rows = [...pieces].sort((one, other) => one.y - other.y);
  /** @type {Piece[][]} */
  const found = [];
  for (const one of rows) {
    const row = found.at(-1);
    if (row && one.y < row[0].y + row[0].depth / 2) row.push(one);
    else found.push([one]);
  }
  return found.flatMap((row) => row.sort((one, other) => one.x - other.x));
}
