/**
 * The editor of the floor plan: puts its parts together. The server is the source of truth; here are the plan as it was
 * opened and the changes since.
 *
 * @typedef {import("./server.js").Judgement} Judgement
 */

import { BlockTool } from "./block_tool.js";
import { Canvas } from "./canvas.js";
import { Commands } from "./commands.js";
import { HallTabs, added, boothsIn, removed, roomOf } from "./halls.js";
import { History } from "./history.js";
import { listen } from "./keyboard.js";
import { Lists } from "./lists.js";
import { NumbersTool } from "./numbers_tool.js";
import { Panel, scaled } from "./panel.js";
import { fromDocument, round, toDocument } from "./plan_state.js";
import { Pointer } from "./pointer.js";
import { Problems } from "./problems.js";
import { Saving } from "./saving.js";
import { Server } from "./server.js";

const JUDGE_AFTER_MS = 350;

/**
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
function one(selector, type) {
  const found = document.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`the page has no ${selector}`);
  return found;
}

/** @param {string} id @returns {any} */
function json(id) {
  return JSON.parse(one(`#${id}`, HTMLScriptElement).textContent ?? "");
}

const data = json("hall-data");
const texts = json("hall-texts");
const page = one(".hall-editor", HTMLElement);
const said = one("#said", HTMLElement);
const root = one("#hall-canvas", SVGSVGElement);
const measureButton = one("[data-act=measure]", HTMLButtonElement);
const trueLength = one("#true-length", HTMLElement);

const say = (/** @type {string} */ text) => said.replaceChildren(text);
const history = new History(fromDocument(data.plan));
const commands = new Commands(history, texts, data.kinds, data.holders, say);
const canvas = new Canvas(root, data.holders, data.addresses.pictures, () => commands.room);
const server = new Server(data.addresses, page.dataset.csrf ?? "", texts.unreachable);
const pointer = new Pointer(canvas, commands, over);
const panel = new Panel(one("#hall-panel", HTMLElement), commands);
const block = new BlockTool(one("[data-panel=block]", HTMLFormElement), commands, canvas, drawing);
const numbers = new NumbersTool(one("[data-panel=numbers]", HTMLFormElement), commands, canvas, server, drawing);
pointer.block = block;
const saving = new Saving(one("#save-dialog", HTMLDialogElement), commands, server, data.mark);
const lists = new Lists(
  one("#piece-list", HTMLElement),
  one("#piece-filter", HTMLInputElement),
  commands,
  reveal,
  (event) => pointer.adding(event),
);

const problems = new Problems(
  one("#problem-list", HTMLElement),
  one("#problem-count", HTMLElement),
  commands,
  server,
  reveal,
);
const tabs = new HallTabs(one("#hall-tabs", HTMLElement), openHall);
commands.hall = new URLSearchParams(window.location.search).get("hall") ?? "";

/** @param {string} code */
function openHall(code) {
  commands.hall = code;
  window.history.replaceState({}, "", `?hall=${encodeURIComponent(commands.room.code)}`);
  tabs.show(history.state, commands.room);
  canvas.whole();
  history.select([]);
}

/** Bring pieces into sight, in their hall. @param {readonly import("./plan_state.js").Piece[]} pieces */
function reveal(pieces) {
  const [first] = pieces;
  if (first !== undefined && !commands.isHere(first)) {
    const { selection } = history;
    openHall(roomOf(history.state, first).code);
    history.select(selection);
  }
  canvas.reveal(pieces);
}

function addHall() {
  const { state, code } = added(history.state, (letter) => commands.text("hall_name", { code: letter }));
  history.keep(state);
  openHall(code);
  panel.edit();
  say(commands.text("hall_added", { name: commands.room.name }));
}

/** Only an empty one goes: a booth must not lose its hall. */
function removeHall() {
  const { room } = commands;
  const booths = boothsIn(history.state, room);
  if (booths.length > 0) {
    say(commands.text("hall_in_use", { name: room.name, names: commands.names(booths) }));
    return;
  }
  history.keep(removed(history.state, room));
  openHall("");
  say(commands.text("hall_removed", { name: room.name }));
}

/** @param {string} name @returns {HTMLButtonElement} */
const button = (name) => one(`[data-act=${name}]`, HTMLButtonElement);

/** A tool for many booths was opened, shows something else, or was closed. */
function drawing() {
  const tool = block.open ? "block" : numbers.open ? "numbers" : null;
  if (panel.tool !== tool) {
    panel.tool = tool;
    panel.show();
    for (const name of ["block", "numbers"]) button(name).setAttribute("aria-pressed", String(name === tool));
  }
  over();
}

function over() {
  if (block.open || numbers.open) {
    canvas.over(block.drawn(), numbers.drawn());
    return;
  }
  if (pointer.busy && !pointer.measuring) return;
  const metres = (/** @type {number} */ value) => commands.metres(value);
  const { measured } = pointer;
  const length = measured ? Math.hypot(measured.to.x - measured.from.x, measured.to.y - measured.from.y) : 0;
  const line = measured ? canvas.line(measured.from, measured.to, `${metres(round(length))} m`) : null;
  canvas.over(canvas.handles(history.selected, metres), line);
  trueLength.hidden = !pointer.measuring || history.state.background === null;
  button("scale").disabled = measured === null;
}

function draw() {
  canvas.draw(history.state, history.selection);
  over();
}

function tools() {
  button("undo").disabled = !history.canUndo;
  button("redo").disabled = !history.canRedo;
  button("save").disabled = !history.unsaved;
  one("#unsaved", HTMLElement).hidden = !history.unsaved;
  for (const name of ["rotate", "duplicate", "remove"]) button(name).disabled = history.selection.size === 0;
}

let waiting = 0;
let asked = new AbortController();

async function judge() {
  asked.abort();
  asked = new AbortController();
  const judgement = await server.judge(toDocument(history.state), asked.signal);
  if (judgement === null) return;
  if ("refused" in judgement) {
    say(judgement.refused);
    return;
  }
  canvas.faulty = problems.show(judgement);
  canvas.mark(history.selection);
}

history.addEventListener("show", draw);
history.addEventListener("change", () => {
  tabs.show(history.state, commands.room);
  draw();
  panel.show();
  lists.show();
  tools();
  if (numbers.open) void numbers.ask();
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => void judge(), JUDGE_AFTER_MS);
});
history.addEventListener("select", () => {
  canvas.mark(history.selection);
  over();
  panel.show();
  lists.mark();
  tools();
});
root.addEventListener("viewchange", over);
window.addEventListener("resize", over);
window.addEventListener("beforeunload", (event) => {
  if (history.unsaved) event.preventDefault();
});

function toggleMeasure() {
  pointer.measuring = !pointer.measuring;
  pointer.measured = null;
  measureButton.setAttribute("aria-pressed", String(pointer.measuring));
  root.classList.toggle("measuring", pointer.measuring);
  if (pointer.measuring) say(texts.measure);
  over();
}

/** The middle of what one sees. */
function middle() {
  const { left, top, width, height } = root.getBoundingClientRect();
  return canvas.at(left + width / 2, top + height / 2);
}

/** @param {string} kind */
function add(kind) {
  commands.add(kind, middle());
  root.focus({ preventScroll: true });
}

function drawRows() {
  if (numbers.open) numbers.close();
  if (block.open) block.close();
  else block.start(middle());
  root.focus({ preventScroll: true });
}

function renumber() {
  if (block.open) block.close();
  if (numbers.open) numbers.close();
  else numbers.start();
  if (numbers.open) panel.edit();
}

/** Leave the tool for many booths that is open. */
function leave() {
  block.close();
  numbers.close();
  root.focus({ preventScroll: true });
}

const help = one("#help-dialog", HTMLDialogElement);
const kind = one("#add-kind", HTMLSelectElement);

/** @type {Record<string, (element: HTMLElement) => void>} */
const ACTS = {
  add: () => add(kind.value),
  block: drawRows,
  numbers: renumber,
  leave,
  undo: () => history.undo(),
  redo: () => history.redo(),
  rotate: () => commands.rotate(90),
  duplicate: () => commands.duplicate(),
  remove: () => commands.remove(),
  align: (element) => commands.align(/** @type {import("./arranging.js").Edge} */ (element.dataset.by)),
  spread: (element) => commands.spread(/** @type {import("./arranging.js").Direction} */ (element.dataset.by)),
  in: () => canvas.zoom(1.4),
  out: () => canvas.zoom(1 / 1.4),
  whole: () => canvas.whole(),
  measure: toggleMeasure,
  help: () => help.showModal(),
  closehelp: () => help.close(),
  addhall: addHall,
  removehall: removeHall,
  save: () => void saving.open(),
  several: (element) => {
    pointer.several = !pointer.several;
    element.setAttribute("aria-pressed", String(pointer.several));
  },
  nudge: (element) => {
    const [dx, dy] = (element.dataset.by ?? "").split(" ").map(Number);
    (block.open ? block : commands).move(dx * commands.step, dy * commands.step);
  },
  nobackground: () => history.keep({ ...history.state, background: null }),
  scale: () => {
    const wanted = one("#true-metres", HTMLInputElement).valueAsNumber;
    const { background } = history.state;
    const { measured } = pointer;
    if (!background || !measured || !(wanted > 0)) return;
    const length = Math.hypot(measured.to.x - measured.from.x, measured.to.y - measured.from.y);
    if (length > 0) history.keep({ ...history.state, background: scaled(background, length, wanted) });
    toggleMeasure();
  },
};

page.addEventListener("click", (event) => {
  const element = event.target instanceof Element ? event.target.closest("[data-act]") : null;
  if (element instanceof HTMLElement) ACTS[element.dataset.act ?? ""]?.(element);
});

one("#grid", HTMLSelectElement).addEventListener("change", (event) => {
  commands.grid = Number(/** @type {HTMLSelectElement} */ (event.target).value);
});

one("#background-file", HTMLInputElement).addEventListener("change", async (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const [file] = input.files ?? [];
  if (file === undefined) return;
  const kept = await server.keep(file);
  input.value = "";
  if ("refused" in kept) {
    say(kept.refused);
    return;
  }
  const { x, y, width } = commands.room;
  const depth = round((width * kept.pixel_height) / kept.pixel_width);
  history.keep({ ...history.state, background: { picture: kept.picture, x, y, width, depth, opacity: 0.5 } });
  say(texts.background);
});

listen(canvas, commands, pointer, block, {
  add,
  draw: drawRows,
  number: renumber,
  edit: () => panel.edit(),
  measure: toggleMeasure,
  help: () => help.showModal(),
  save: () => {
    if (history.unsaved) void saving.open();
  },
});

page.hidden = false;
if (data.plan.booths.length === 0) say(texts.empty);
history.begin(history.state);
page.dataset.ready = "yes";
