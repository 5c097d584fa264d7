/**
 * The fields beside the plan: of the selected piece or pieces, or of the hall and its background when nothing is
 * selected. Each change of a field is one step of the history.
 *
 * @typedef {import("./commands.js").Commands} Commands
 * @typedef {import("./plan_state.js").Piece} Piece
 * @typedef {import("./plan_state.js").Background} Background
 */

import { changed, overlapping, roomOf } from "./halls.js";
import { SMALLEST_M, isDrawn, mapPieces, ofType, round, turn } from "./plan_state.js";

const PLACES = new Set(["x", "y", "width", "depth", "rotation"]);
const LARGEST_M = 1000;

/** @param {Element} root @returns {(HTMLInputElement | HTMLSelectElement)[]} */
export function fieldsOf(root) {
  return [...root.querySelectorAll("[data-field]")].filter(
    (one) => one instanceof HTMLInputElement || one instanceof HTMLSelectElement,
  );
}

/** @param {HTMLInputElement | HTMLSelectElement} field @returns {string | number | boolean} */
export function valueOf(field) {
  if (field instanceof HTMLInputElement && field.type === "checkbox") return field.checked;
  return field.type === "number" ? field.valueAsNumber : field.value.trim();
}

/** @param {HTMLInputElement | HTMLSelectElement} field @param {any} value */
export function fill(field, value) {
  if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = Boolean(value);
  else field.value = String(value ?? "");
}

export class Panel {
  /** @param {HTMLElement} root @param {Commands} commands */
  constructor(root, commands) {
    this.root = root;
    this.commands = commands;
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(`[data-panel=${name}]`));
    this.one = part("one");
    this.many = part("many");
    this.hall = part("hall");
    this.tools = { block: part("block"), numbers: part("numbers") };
    /** The act on many booths that is going on, with fields of its own. @type {keyof typeof this.tools | null} */
    this.tool = null;
    this.one.addEventListener("change", (event) => this.#takeOne(event.target));
    this.hall.addEventListener("change", (event) => this.#takeHall(event.target));
    for (const form of [this.one, this.hall]) form.addEventListener("submit", (event) => event.preventDefault());
  }

  /** Put the cursor into the first field. */
  edit() {
    const shown = [...Object.values(this.tools), this.one, this.many, this.hall].find((one) => !one.hidden);
    const field = fieldsOf(shown ?? this.hall).find((one) => one.closest("[hidden]") === null);
    if (field) field.focus();
    else shown?.querySelector("button")?.focus();
    if (field instanceof HTMLInputElement) field.select();
  }

  show() {
    const { selected } = this.commands.history;
    const busy = this.tool !== null;
    for (const [name, form] of Object.entries(this.tools)) form.hidden = name !== this.tool;
    this.one.hidden = busy || selected.length !== 1;
    this.many.hidden = busy || selected.length < 2;
    this.hall.hidden = busy || selected.length !== 0;
    if (selected.length === 1) this.#fillOne(selected[0]);
    else if (selected.length > 1) this.#fillMany(selected);
    else this.#fillHall();
  }

  /** @param {Piece} one */
  #fillOne(one) {
    /** @type {HTMLElement} */ (this.one.querySelector("[data-name]")).textContent = this.commands.name(one);
    const holder = one.type === "booth" && one.facts.id !== null ? this.commands.holders[one.facts.id] : "";
    const note = /** @type {HTMLElement} */ (this.one.querySelector("[data-holder]"));
    note.hidden = !holder;
    note.textContent = holder ? this.commands.text("holder", { name: holder }) : "";
    for (const group of this.one.querySelectorAll("[data-of]")) {
      if (group instanceof HTMLElement) group.hidden = !(group.dataset.of ?? "").split(" ").includes(one.type);
    }
    const placed = /** @type {HTMLElement} */ (this.one.querySelector("[data-placed]"));
    placed.hidden = !isDrawn(one);
    this.#fillZones();
    for (const field of fieldsOf(this.one)) {
      const name = field.dataset.field ?? "";
      const value = PLACES.has(name) ? one[/** @type {"x"} */ (name)] : one.facts[name];
      fill(field, name === "x" || name === "y" ? round(value - this.#corner(one)[name]) : value);
    }
  }

  /** From where people count its metres: the corner of its hall. @param {Piece} one */
  #corner(one) {
    return roomOf(this.commands.history.state, one);
  }

  #fillZones() {
    const select = this.one.querySelector("[data-field=zone]");
    if (!(select instanceof HTMLSelectElement)) return;
    const [none] = select.options;
    const zones = ofType(this.commands.history.state, "zone").map((one) => new Option(one.facts.name, one.facts.code));
    select.replaceChildren(none, ...zones);
  }

  /** @param {readonly Piece[]} selected */
  #fillMany(selected) {
    const title = /** @type {HTMLElement} */ (this.many.querySelector("[data-name]"));
    title.textContent = this.commands.text("several", { count: selected.length });
  }

  #fillHall() {
    const { halls, background } = this.commands.history.state;
    /** @type {Record<string, any>} */
    const values = {};
    for (const [name, value] of Object.entries(this.commands.room)) values[`hall_${name}`] = value;
    for (const part of this.hall.querySelectorAll("[data-halls]")) {
      part.toggleAttribute("hidden", halls.length < Number(part.getAttribute("data-halls")));
    }
    for (const [name, value] of Object.entries(background ?? {})) values[`background_${name}`] = value;
    for (const field of fieldsOf(this.hall)) {
      const name = field.dataset.field ?? "";
      if (name in values) fill(field, values[name]);
    }
    const there = /** @type {HTMLElement} */ (this.hall.querySelector("[data-background]"));
    there.hidden = background === null;
  }

  /** @param {EventTarget | null} target */
  #takeOne(target) {
    const [one] = this.commands.history.selected;
    if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement) || !one) return;
    const name = target.dataset.field ?? "";
    const value = valueOf(target);
    if (name === "" || (typeof value === "number" && !Number.isFinite(value)) || !target.checkValidity()) {
      this.commands.say(target.validationMessage || this.commands.text("wrong"));
      this.show();
      return;
    }
    if (name === "code") this.#renumber(one, String(value).toUpperCase());
    else if (name === "x" || name === "y") this.commands.change((piece) => ({ ...piece, [name]: round(Number(value) + this.#corner(piece)[name]) }));
    else if (PLACES.has(name)) this.commands.change((piece) => ({ ...piece, [name]: this.#measure(name, Number(value)) }));
    else this.commands.change((piece) => ({ ...piece, facts: { ...piece.facts, [name]: value } }));
  }

  /** @param {string} name @param {number} value @returns {number} */
  #measure(name, value) {
    if (name === "rotation") return turn(value);
    return round(Math.min(Math.max(value, SMALLEST_M), LARGEST_M));
  }

  /** A zone takes its booths along. @param {Piece} one @param {string} code */
  #renumber(one, code) {
    const { history } = this.commands;
    const before = one.facts.code;
    history.keep(
      mapPieces(history.state, (piece) => {
        if (piece.key === one.key) return { ...piece, facts: { ...piece.facts, code } };
        const inside = one.type === "zone" && piece.type === "booth" && piece.facts.zone === before;
        return inside ? { ...piece, facts: { ...piece.facts, zone: code } } : piece;
      }),
    );
    this.commands.say(this.commands.text("numbered", { names: code }));
  }

  /** Change the open hall, if the halls can be like that. @param {Partial<import("./plan_state.js").NamedHall>} values */
  #changeHall(values) {
    const { commands } = this;
    const { history, room } = commands;
    const twin = history.state.halls.find(({ code }) => code === values.code && code !== room.code);
    const after = changed(history.state, room, values);
    const meeting = overlapping(after.halls);
    if (twin || meeting) {
      commands.say(twin ? commands.text("hall_code_taken", { code: twin.code }) : commands.text("halls_overlap", { one: meeting?.[0].name ?? "", other: meeting?.[1].name ?? "" }));
      this.show();
      return;
    }
    commands.hall = values.code ?? room.code;
    history.keep(after);
  }

  /** @param {EventTarget | null} target */
  #takeHall(target) {
    if (!(target instanceof HTMLInputElement) || target.dataset.field === undefined) return;
    const { history } = this.commands;
    const value = target.type === "text" ? NaN : target.valueAsNumber;
    if ((target.type !== "text" && !Number.isFinite(value)) || !target.checkValidity() || target.value.trim() === "") {
      this.commands.say(target.validationMessage || this.commands.text("wrong"));
      this.show();
      return;
    }
    const [part, name] = target.dataset.field.split("_");
    const { background } = history.state;
    if (part === "hall") this.#changeHall(name === "code" ? { code: target.value.trim().toUpperCase() } : { [name]: target.type === "text" ? target.value.trim() : round(value) });
    else if (background) history.keep({ ...history.state, background: { ...background, [name]: round(value) } });
  }
}

/**
 * The background, scaled so that the distance measured on it has its true length.
 *
 * @param {Background} background
 * @param {number} measured metres that the line has now
 * @param {number} wanted metres that it should have
 * @returns {Background}
 */
export function scaled(background, measured, wanted) {
  const factor = wanted / measured;
  const size = (/** @type {number} */ value) => round(Math.min(Math.max(value * factor, SMALLEST_M), LARGEST_M));
  return { ...background, width: size(background.width), depth: size(background.depth) };
}
