// Histories one after the other. Each start of a server has another one. A client that is led from
// server to server leaves one for the other, too, without end: that is told from a start by what no
// server does. Its histories come back, or never stay.

const RECENT = 5000; // milliseconds in which no server starts so often, nor comes back as it was
const MOST_STARTS = 2; // starts of a server within that time that are believed

export class Histories {
  /** @type {Map<string, number>} */
  #left = new Map(); // when each was left, of the last 5 s

  /**
   * Returns whether the server may have started again, and remembers what was left.
   *
   * @param {string} before  the history that is left
   * @param {string} epoch  the one that follows
   */
  mayFollow(before, epoch) {
    const now = performance.now();
    for (const [each, left] of this.#left) if (now - left >= RECENT) this.#left.delete(each);
    const may = !this.#left.has(epoch) && this.#left.size < MOST_STARTS;
    this.#left.set(before, now);
    return may;
  }
}
