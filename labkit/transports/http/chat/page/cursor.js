// How far a client has come in its server's numbered history: "<epoch>-<number>".
//
// The epoch is drawn by chance each time a server starts. Without it, the number of one server would
// pass for a number of another, and messages would be skipped without a word.

export class Cursor {
  #epoch = "";
  #number = -1;

  /** That of the last id, "" if there was none. */
  get epoch() {
    return this.#epoch;
  }

  /** The last id, "" if there was none. */
  get text() {
    return this.#epoch && `${this.#epoch}-${this.#number}`;
  }

  /**
   * Moves on to an id, never back, and returns whether that is further.
   *
   * @param {string} id  "" is that of an event before any id
   */
  moveTo(id) {
    const [epoch = "", number] = id.split("-");
    const isFurther = epoch !== "" && (epoch !== this.#epoch || Number(number) > this.#number);
    if (isFurther) {
      this.#epoch = epoch;
      this.#number = Number(number);
    }
    return isFurther;
  }
}
