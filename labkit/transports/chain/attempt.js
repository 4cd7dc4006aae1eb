// One way of a fallback chain, from its first request until it breaks; and the proof that it works.
//
// That a connection opens proves nothing: something between may let it open and then pass nothing on,
// in one direction or in both. A way is proved when something came down, and then something went up.
// (Down first: where only one connection is allowed, the one that listens may leave none to speak.)

import { pause } from "../http/chat/page/request.js";

/** @import { Listening } from "../http/chat/page/connection.js" */
/** @import { Answer } from "../http/chat/page/request.js" */

/**
 * A way, made for one attempt: how it listens and, unless by requests, how it posts.
 *
 * @typedef {object} Way
 * @property {(connection: Listening, ended: AbortSignal) => Promise<void>} listen
 * @property {(number: number, text: string) => Promise<Answer>} [post]
 */

/** @typedef {{ why: string, isFinal: boolean }} Break */

/**
 * The client that a way is tried for: the page's connection, or a probe's.
 *
 * @typedef {Pick<Listening, "inbox" | "address" | "post" | "caughtUp">} ForClient
 */

const PROOF_WITHIN = 3; // seconds
const MOST_UNPOSTED = 2; // posts in a row that fail before a way is broken that still listens

/** @implements {Listening} */
export class Attempt {
  #began = performance.now();
  #end = new AbortController();
  #isTaken = false;
  #isCaughtUp = false;
  #unposted = 0;
  /** @type {() => void} */
  #onAnswer = () => {};
  /** @type {(broken: Break) => void} */
  #onBreak = () => {};
  /** @type {Promise<void>} */
  #answer = new Promise((resolve) => {
    this.#onAnswer = resolve;
  });
  #connection;
  #way;

  /** Why it broke, once it has. */
  /** @type {Promise<Break>} */
  broken = new Promise((resolve) => {
    this.#onBreak = resolve;
  });

  /**
   * @param {ForClient} connection
   * @param {Way} way
   * @param {AbortSignal} ended
   */
  constructor(connection, way, ended) {
    this.#connection = connection;
    this.#way = way;
    ended.addEventListener("abort", () => this.stop(), { signal: this.#end.signal });
    way.listen(this, this.#end.signal);
  }

  /** Aborted when it breaks or stops. */
  get ended() {
    return this.#end.signal;
  }

  /** The seconds since it began. */
  get age() {
    return (performance.now() - this.#began) / 1000;
  }

  /**
   * Waits until it is proved in both directions; returns why it is not, or null.
   *
   * @returns {Promise<Break | null>}
   */
  async prove() {
    const late = pause(PROOF_WITHIN * 1000, this.#end.signal);
    const proofs = [
      { proof: () => this.#answer, what: "Nothing comes down" },
      { proof: () => this.#proveUp(), what: "Nothing that goes up is answered" },
    ];
    for (const { proof, what } of proofs) {
      const why = `${what} within ${PROOF_WITHIN} s.`;
      const lateBreak = late.then(() => ({ why, isFinal: false }));
      const failure = await Promise.race([proof(), this.broken, lateBreak]);
      if (failure) return failure;
    }
    return null;
  }

  /** @returns {Promise<Break | null>} */
  async #proveUp() {
    const { problem: why, isFinal } = await this.post(0, "");
    return why ? { why, isFinal } : null;
  }

  /** It is the one that is used now. */
  take() {
    this.#isTaken = true;
    if (this.#isCaughtUp) this.#connection.caughtUp();
  }

  stop() {
    this.#end.abort();
    this.#onBreak({ why: "", isFinal: false });
  }

  /**
   * @param {number} number
   * @param {string} text
   * @returns {Promise<Answer>}
   */
  post(number, text) {
    if (this.#way.post) return this.#way.post(number, text);
    return this.#connection.post(number, text, this.#end.signal);
  }

  /**
   * Posts a message, and breaks if posts fail while it still listens.
   *
   * @param {number} number
   * @param {string} text
   */
  async carry(number, text) {
    const answer = await this.post(number, text);
    const isCarried = answer.problem === "" || answer.isFinal;
    this.#unposted = isCarried ? 0 : this.#unposted + 1;
    if (this.#unposted >= MOST_UNPOSTED) this.broke(answer.problem);
    return answer;
  }

  // What its way needs of a connection:

  get inbox() {
    return this.#connection.inbox;
  }

  /**
   * @param {string} path
   * @param {Record<string, string | number>} [query]
   */
  address(path, query) {
    return this.#connection.address(path, query);
  }

  answered() {
    this.#onAnswer();
  }

  /** @param {string} why */
  broke(why) {
    this.#onBreak({ why, isFinal: false });
    this.#end.abort();
  }

  /** @param {string} why */
  refused(why) {
    this.#onBreak({ why, isFinal: true });
    this.#end.abort();
  }

  caughtUp() {
    this.#isCaughtUp = true;
    if (this.#isTaken) this.#connection.caughtUp();
  }

  /** @param {AbortSignal} ended */
  async ask(ended) {
    const { problem, isFinal } = await this.post(0, "");
    if (isFinal && !ended.aborted) this.refused(problem);
    return problem;
  }
}
