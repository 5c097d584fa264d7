/**
 * Saving: shows the changes, the exhibitors affected and the problems, takes a note, and reports the result. A plan
 * that cannot be saved can be downloaded as a file.
 *
 * @typedef {import("./commands.js").Commands} Commands
 * @typedef {import("./server.js").Server} Server
 * @typedef {import("./server.js").Judgement} Judgement
 */

import { fromDocument, toDocument } from "./plan_state.js";

export class Saving {
  /** @param {HTMLDialogElement} dialog @param {Commands} commands @param {Server} server @param {string} mark the plan that was opened */
  constructor(dialog, commands, server, mark) {
    this.dialog = dialog;
    this.commands = commands;
    this.server = server;
    this.mark = mark;
    const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (dialog.querySelector(`[data-save=${name}]`));
    this.lists = { changes: find("changes"), affected: find("affected"), problems: find("problems") };
    this.message = find("message");
    this.button = /** @type {HTMLButtonElement} */ (find("save"));
    this.note = /** @type {HTMLInputElement} */ (dialog.querySelector("input"));
    /** @type {HTMLFormElement} */ (dialog.querySelector("form")).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#save();
    });
    find("cancel").addEventListener("click", () => dialog.close());
    find("file").addEventListener("click", () => this.#download());
  }

  async open() {
    if (this.dialog.open) return;
    const judgement = await this.server.judge(toDocument(this.commands.history.state), new AbortController().signal);
    if (judgement === null) return;
    this.message.hidden = true;
    this.button.disabled = false;
    if ("refused" in judgement) this.#refuse(judgement.refused);
    else this.#show(judgement);
    this.dialog.showModal();
    this.note.focus();
  }

  /** @param {Judgement} judgement */
  #show({ changes, affected, groups }) {
    /** @type {[keyof Saving["lists"], string[]][]} */
    const parts = [
      ["changes", changes.length > 0 ? changes : [this.commands.text("unchanged")]],
      ["affected", affected],
      ["problems", groups.map((group) => group.text)],
    ];
    for (const [name, lines] of parts) {
      const list = this.lists[name];
      list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
      /** @type {HTMLElement} */ (list.parentElement).hidden = lines.length === 0;
    }
    this.button.disabled = changes.length === 0;
    this.button.textContent = this.commands.text(affected.length + groups.length > 0 ? "save_knowing" : "save");
  }

  async #save() {
    this.button.disabled = true;
    const plan = toDocument(this.commands.history.state);
    const answer = await this.server.save({ plan, mark: this.mark, note: this.note.value, knowing: true });
    if ("refused" in answer) {
      this.#refuse(answer.refused);
      this.message.dataset.code = answer.code;
      this.button.disabled = answer.code === "plan_changed";
      return;
    }
    this.mark = answer.mark;
    this.note.value = "";
    this.commands.history.begin(fromDocument(answer.plan));
    this.dialog.close();
    this.commands.say(answer.text);
  }

  /** @param {string} text */
  #refuse(text) {
    this.message.hidden = false;
    this.message.firstElementChild?.replaceChildren(text);
  }

  #download() {
    const document_ = toDocument(this.commands.history.state);
    for (const booth of document_.booths) delete booth.id;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(document_, null, 1)], { type: "application/json" }));
    link.download = "plan.json";
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}
