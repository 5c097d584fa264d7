/**
 * The editor's calls to the server: check a plan, save it, store a picture. A refusal is an answer like any other.
 *
 * @typedef {{code: string, text: string, booths: number[], landmarks: number[], hall: string}} Problem `hall` is the code of the one that it reaches beyond
 * @typedef {Problem & {repair: string}} ProblemGroup all problems of a kind; `repair` is the act for it, if there is one
 * @typedef {{plan: any, changed: number[], text: string}} Repaired
 * @typedef {{count: number, groups: ProblemGroup[], problems: Problem[], affected: string[], changes: string[]}} Judgement
 * @typedef {{numbers: [number, string][], lines: string[], text: string}} Numbering
 * @typedef {{number: number, mark: string, plan: any, text: string}} Saved
 * @typedef {{picture: string, pixel_width: number, pixel_height: number}} Kept
 * @typedef {{refused: string, code: string}} Refusal
 */

export class Server {
  /** @param {{judge: string, number: string, repair: string, save: string, picture: string}} addresses @param {string} token @param {string} unreachable what to say without a connection */
  constructor(addresses, token, unreachable) {
    this.addresses = addresses;
    this.token = token;
    this.unreachable = unreachable;
  }

  /**
   * @param {string} address
   * @param {BodyInit} body
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>}
   */
  async #post(address, body, signal) {
    try {
      const answer = await fetch(address, { method: "POST", body, signal, headers: { "X-CSRFToken": this.token } });
      const said = await answer.json();
      return answer.ok ? said : { refused: said.detail, code: said.code };
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return null;
      return { refused: this.unreachable, code: "unreachable" };
    }
  }

  /** @param {any} plan @param {AbortSignal} signal @returns {Promise<Judgement | Refusal | null>} null when it was called off */
  judge(plan, signal) {
    return this.#post(this.addresses.judge, JSON.stringify({ plan }), signal);
  }

  /** @param {Record<string, any>} wish @param {AbortSignal} signal @returns {Promise<Numbering | Refusal | null>} null when it was called off */
  number(wish, signal) {
    return this.#post(this.addresses.number, JSON.stringify(wish), signal);
  }

  /** @param {any} plan @param {string} code @param {string} hall @returns {Promise<Repaired | Refusal>} */
  repair(plan, code, hall) {
    return this.#post(this.addresses.repair, JSON.stringify({ plan, code, hall }));
  }

  /** @param {{plan: any, mark: string, note: string, knowing: boolean}} wish @returns {Promise<Saved | Refusal>} */
  save(wish) {
    return this.#post(this.addresses.save, JSON.stringify(wish));
  }

  /** @param {File} file @returns {Promise<Kept | Refusal>} */
  keep(file) {
    const form = new FormData();
    form.append("picture", file);
    return this.#post(this.addresses.picture, form);
  }
}
