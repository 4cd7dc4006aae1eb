// What was typed into a box, for ArrowUp, as in a shell.

const REMEMBERED = 100; // texts that are remembered

export class Recall {
  /** @type {string[]} */
  #texts = [];
  #at = 0; // the one that stands there; as many as there are if none does
  #draft = "";

  /** @param {string} text  which was sent */
  add(text) {
    if (this.#texts.at(-1) !== text) this.#texts.push(text);
    this.#texts.splice(0, this.#texts.length - REMEMBERED);
    this.#at = this.#texts.length;
  }

  /**
   * Returns the text before or behind the one that stands there, undefined if there is none.
   *
   * @param {string} key
   * @param {string} now  what stands there
   */
  next(key, now) {
    if (key !== "ArrowUp" && key !== "ArrowDown") return undefined;
    const at = this.#at + (key === "ArrowUp" ? -1 : 1);
    if (at < 0 || at > this.#texts.length) return undefined;
    if (this.#at === this.#texts.length) this.#draft = now;
    this.#at = at;
    return this.#texts[at] ?? this.#draft;
  }
}
