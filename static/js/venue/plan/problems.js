/**
 * The problems that the server sees, one line for each kind: a line shows all its places, opens to each of them, and
 * has one act that repairs what it can.
 *
 * @typedef {import("./commands.js").Commands} Commands
 * @typedef {import("./plan_state.js").Piece} Piece
 * @typedef {import("./server.js").Judgement} Judgement
 * @typedef {import("./server.js").Problem} Problem
 * @typedef {import("./server.js").ProblemGroup} ProblemGroup
 * @typedef {import("./server.js").Server} Server
 */

import { row } from "./lists.js";
import { ofType, toDocument, withDocument } from "./plan_state.js";

export class Problems {
  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} count
   * @param {Commands} commands
   * @param {Server} server
   * @param {(pieces: readonly Piece[]) => void} reveal
   */
  constructor(list, count, commands, server, reveal) {
    this.list = list;
    this.count = count;
    this.commands = commands;
    this.server = server;
    this.reveal = reveal;
  }

  /** @param {Judgement} judgement @returns {Set<string>} the keys of the pieces at fault */
  show({ count, groups, problems }) {
    const { history } = this.commands;
    const [booths, landmarks] = [ofType(history.state, "booth"), ofType(history.state, "landmark")];
    const piecesOf = (/** @type {Problem} */ one) =>
      [...one.booths.map((place) => booths[place]), ...one.landmarks.map((place) => landmarks[place])].filter(Boolean);
    const opened = new Set([...this.list.querySelectorAll("details[open]")].map((one) => one.closest("li")?.dataset.kind));
    const items = groups.map((group) => {
      const item = this.#row(group, piecesOf(group));
      if (group.repair) item.append(this.#repair(group));
      const single = problems.filter((one) => one.code === group.code && one.hall === group.hall);
      if (single.length > 0) item.append(this.#each(single, piecesOf, opened.has(`${group.code} ${group.hall}`)));
      return item;
    });
    this.list.replaceChildren(...items);
    this.count.textContent = count === 0 ? this.commands.text("sound") : this.commands.text("problems", { count });
    this.count.classList.toggle("faulty", count > 0);
    return new Set(groups.flatMap((group) => piecesOf(group).map((one) => one.key)));
  }

  /** @param {Problem} problem @param {readonly Piece[]} pieces @returns {HTMLLIElement} */
  #row(problem, pieces) {
    const item = row(problem.text, () => {
      this.commands.choose(pieces.map((one) => one.key));
      this.reveal(pieces);
    });
    item.dataset.code = problem.code;
    item.dataset.kind = `${problem.code} ${problem.hall}`;
    return item;
  }

  /** @param {ProblemGroup} group @returns {HTMLButtonElement} */
  #repair(group) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "repair";
    button.textContent = group.repair;
    button.addEventListener("click", () => void this.#carryOut(group));
    return button;
  }

  /** @param {readonly Problem[]} single @param {(one: Problem) => Piece[]} piecesOf @param {boolean} open @returns {HTMLDetailsElement} */
  #each(single, piecesOf, open) {
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    const list = document.createElement("ul");
    summary.textContent = this.commands.text("each");
    list.append(...single.map((one) => this.#row(one, piecesOf(one))));
    details.append(summary, list);
    details.open = open;
    return details;
  }

  /** @param {ProblemGroup} group */
  async #carryOut({ code, hall }) {
    const { history } = this.commands;
    const { state } = history;
    const answer = await this.server.repair(toDocument(state), code, hall);
    if ("refused" in answer) {
      this.commands.say(answer.refused);
      return;
    }
    if (history.state !== state) return;
    const repaired = withDocument(state, answer.plan);
    history.keep(repaired);
    const booths = ofType(repaired, "booth");
    history.select(answer.changed.map((place) => booths[place].key));
    this.reveal(history.selected);
    this.commands.say(answer.text);
  }
}
