/**
 * A block of booths while it is being drawn: rows of equal booths with their numbers. The twin of
 * exhibition/venue/rules/booth_blocks.py and booth_numbers.py; tests/vectors/blocks.json holds both to the same answers.
 * Lengths are metres.
 *
 * @typedef {"by_row" | "running"} NumberScheme
 * @typedef {"unreadable" | "no_letter" | "too_long"} NumberFault
 * @typedef {object} Block
 * @property {number} x
 * @property {number} y
 * @property {number} rows
 * @property {number} columns
 * @property {number} booth_width
 * @property {number} booth_depth
 * @property {number} gap between the booths of a row
 * @property {number} aisle between rows
 * @property {string} first
 * @property {NumberScheme} scheme
 * @property {boolean} snake
 * @typedef {{code: string, x: number, y: number, width: number, depth: number, corner: boolean}} BoothPlace
 * @typedef {import("./geometry.js").Point} Point
 */

import { LONGEST_CODE, round } from "./plan_state.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
export const MOST_ROWS = 60;
export const MOST_COLUMNS = 99;

/** A for 0 to Z for 25, then AA, AB and so on. @param {number} place @returns {string} */
export function rowLetter(place) {
  let letters = "";
  for (let left = place + 1; left > 0; left = Math.floor((left - 1) / LETTERS.length)) {
    letters = LETTERS[(left - 1) % LETTERS.length] + letters;
  }
  return letters;
}

/**
 * The numbers of so many booths in each row, from left to right.
 *
 * @param {string} wanted the first number
 * @param {number[]} rows
 * @param {NumberScheme} scheme
 * @param {boolean} snake every second row is numbered from the right
 * @returns {string[][] | NumberFault}
 */
export function rowNumbers(wanted, rows, scheme, snake) {
  const first = wanted.trim().toUpperCase();
  if (!/^[0-9A-Z][0-9A-Z._-]{0,15}$/.test(first)) return "unreadable";
  const parts = first.match(scheme === "by_row" ? /^(.*?)([A-Z])([._-]?)(\d*)$/ : /^(.*?)()()(\d*)$/);
  if (parts === null) return "no_letter";
  const [, start, letter, sign, written] = parts;
  const digits = written || "1";
  let number = Number(digits);
  const found = rows.map((count, row) => {
    const stem = scheme === "by_row" ? start + rowLetter(LETTERS.indexOf(letter) + row) + sign : start;
    if (scheme === "by_row") number = Number(digits);
    const codes = Array.from({ length: count }, (_none, place) => stem + String(number + place).padStart(digits.length, "0"));
    number += count;
    return snake && row % 2 === 1 ? codes.reverse() : codes;
  });
  return found.flat().some((code) => code.length > LONGEST_CODE) ? "too_long" : found;
}

/** @param {Block} block @returns {{width: number, depth: number}} */
export function sizeOf({ rows, columns, booth_width, booth_depth, gap, aisle }) {
  return { width: round(columns * (booth_width + gap) - gap), depth: round(rows * (booth_depth + aisle) - aisle) };
}

/** The places of its booths, row by row. @param {Block} block @returns {{x: number, y: number}[]} */
export function placesOf({ x, y, rows, columns, booth_width, booth_depth, gap, aisle }) {
  return Array.from({ length: rows * columns }, (_none, number) => ({
    x: round(x + (number % columns) * (booth_width + gap)),
    y: round(y + Math.floor(number / columns) * (booth_depth + aisle)),
  }));
}

/** @param {Block} block @returns {BoothPlace[] | NumberFault} */
export function boothsOf(block) {
  const { rows, columns, booth_width, booth_depth } = block;
  const codes = rowNumbers(block.first, Array.from({ length: rows }, () => columns), block.scheme, block.snake);
  if (typeof codes === "string") return codes;
  return placesOf(block).map((place, number) => {
    const column = number % columns;
    const corner = column === 0 || column === columns - 1;
    return { code: codes[Math.floor(number / columns)][column], ...place, width: booth_width, depth: booth_depth, corner };
  });
}

/**
 * The block drawn from one point to another: as many booths as fit between them, at least one.
 *
 * @param {Block} block
 * @param {Point} from
 * @param {Point} to
 * @param {number} grid metres, 0 for none
 * @returns {Block}
 */
export function drawnBetween(block, from, to, grid) {
  const onGrid = (/** @type {number} */ value) => round(grid > 0 ? Math.round(value / grid) * grid : value);
  const fitting = (/** @type {number} */ length, /** @type {number} */ size, /** @type {number} */ between, /** @type {number} */ most) =>
    Math.min(most, Math.max(1, Math.floor((Math.abs(length) + between + 1e-9) / (size + between))));
  const drawn = {
    ...block,
    columns: fitting(to.x - from.x, block.booth_width, block.gap, MOST_COLUMNS),
    rows: fitting(to.y - from.y, block.booth_depth, block.aisle, MOST_ROWS),
  };
  const { width, depth } = sizeOf(drawn);
  return { ...drawn, x: onGrid(to.x < from.x ? from.x - width : from.x), y: onGrid(to.y < from.y ? from.y - depth : from.y) };
}

/** The first number of the next row: the first letter that no booth's number begins with. @param {Set<string>} codes @returns {string} */
export function nextRow(codes) {
  const taken = new Set([...codes].map((code) => code.match(/^([A-Z]+)\d+$/)?.[1]));
  let place = 0;
  while (taken.has(rowLetter(place))) place += 1;
  return `${rowLetter(place)}01`;
}
