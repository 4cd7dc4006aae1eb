// The order in which the ways of a fallback chain are tried.
//
// The way that worked last comes first: what broke may work again at once. The others follow as they
// were given. One that opens and breaks again and again looks open, but nothing stays on it: it comes
// last, and still is there when nothing else works.

const EARLY = 10; // seconds after its opening within which the break of a way is an early one
const MOST_EARLY = 3; // early breaks in a row after which other ways are tried before it
const FIRST_PROBE = 2; // seconds until a better way is probed; twice as long each time
const LAST_PROBE = 60; // seconds at most

export class Order {
  #current = "";
  /** @type {Map<string, number>} */
  #early = new Map();
  #probes = 0;
  #names;

  /** @param {string[]} names  the best one first */
  constructor(names) {
    this.#names = names;
  }

  /** The names in the order in which to try them now. */
  get next() {
    const rank = (/** @type {string} */ name) =>
      (this.isLeft(name) ? 2 : 0) + (name === this.#current ? 0 : 1);
    return this.#names.toSorted((one, other) => rank(one) - rank(other));
  }

  /** The names before that of the current way: what may have come to work. */
  get better() {
    return this.#names.slice(0, Math.max(0, this.#names.indexOf(this.#current)));
  }

  /**
   * Returns whether a way broke too often.
   *
   * @param {string} name
   */
  isLeft(name) {
    return (this.#early.get(name) ?? 0) >= MOST_EARLY;
  }

  /**
   * A way is taken.
   *
   * @param {string} name
   */
  onProved(name) {
    this.#current = name;
  }

  /**
   * The way that was taken broke.
   *
   * @param {string} name
   * @param {number} stood  seconds since it was opened
   */
  onBroken(name, stood) {
    const isEarly = stood < EARLY;
    this.#early.set(name, isEarly ? (this.#early.get(name) ?? 0) + 1 : 0);
    if (!isEarly && name === this.#names[0]) this.#probes = 0;
  }

  /**
   * A probe has proved a way, which gets one more chance.
   *
   * @param {string} name
   */
  onProbed(name) {
    this.#early.set(name, Math.min(this.#early.get(name) ?? 0, MOST_EARLY - 1));
  }

  /** Returns the seconds until the next probe of a better way. */
  nextProbe() {
    this.#probes += 1;
    return Math.min(FIRST_PROBE * 2 ** (this.#probes - 1), LAST_PROBE);
  }
}
