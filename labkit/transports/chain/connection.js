// A fallback chain: a WebSocket if it works, an event stream if not, and long polling if that does not
// work either.
//
// All ways have the same client, cursor and numbers (http/connection.js), and the server keeps one
// history for all. So where one breaks off the next goes on, and nothing is lost or shown twice.

import { HttpConnection } from "../http/chat/page/connection.js";
import { pause } from "../http/chat/page/request.js";
import { pollLong } from "../longpoll/connection.js";
import { listenToStream } from "../sse/connection.js";
import { Attempt } from "./attempt.js";
import { Order } from "./order.js";
import { SocketWay } from "./socket_way.js";

/** @import { Page } from "../page/connection.js" */
/** @import { Listening } from "../http/chat/page/connection.js" */
/** @import { Answer } from "../http/chat/page/request.js" */
/** @import { Way } from "./attempt.js" */

const NEXT_ROUND = 1000; // milliseconds after a way broke, or none worked
const MOST_UNPOSTED = 2; // posts in a row that fail before a way is broken that still listens
const LAST_RESORT = "longpoll"; // nothing asks less of what stands between

/** @type {Record<string, () => Way>} */
const WAYS = {
  websocket: () => new SocketWay(),
  sse: () => ({ listen: listenToStream }),
  [LAST_RESORT]: () => ({ listen: pollLong }),
};

class Chain {
  #order = new Order(Object.keys(WAYS));
  /** @type {Map<string, string>} */
  #refusals = new Map(); // why a way does not work, by its name
  /** @type {Attempt | null} */
  #attempt = null;
  #unposted = 0;
  #page;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
  }

  /**
   * Listens over one way after the other.
   *
   * @param {Listening} connection
   * @param {AbortSignal} ended
   */
  async listen(connection, ended) {
    while (!ended.aborted) {
      const found = await this.#find(connection, ended);
      if (found) await this.#stay(connection, ended, found);
      await pause(NEXT_ROUND, ended);
    }
  }

  /**
   * Returns the first way that is proved, null if none is.
   *
   * @param {Listening} connection
   * @param {AbortSignal} ended
   */
  async #find(connection, ended) {
    for (const name of this.#order.next) {
      const make = /** @type {() => Way} */ (WAYS[name]);
      const attempt = new Attempt(connection, make(), ended);
      const refusal = await attempt.prove();
      if (ended.aborted) return null;
      if (!refusal) return { name, attempt };
      attempt.stop();
      if (refusal.isFinal && name === LAST_RESORT) {
        connection.refused(refusal.why);
        return null;
      }
      if (this.#refusals.get(name) !== refusal.why) {
        this.#page.add({ kind: "note", text: `No ${name}: ${refusal.why}` });
      }
      this.#refusals.set(name, refusal.why);
    }
    connection.broke("None of the ways works.");
    return null;
  }

  /**
   * Stays with a way until it breaks.
   *
   * @param {Listening} connection
   * @param {AbortSignal} ended
   * @param {{ name: string, attempt: Attempt }} found
   */
  async #stay(connection, ended, { name, attempt }) {
    this.#attempt = attempt;
    this.#unposted = 0;
    this.#refusals.delete(name);
    this.#order.onProved(name);
    this.#page.showTransport(name);
    connection.answered();
    attempt.take();
    const { why } = await attempt.broken;
    this.#attempt = null;
    this.#page.showTransport("");
    if (ended.aborted) return;
    this.#order.onBroken(name, attempt.age);
    connection.broke(why);
  }

  /**
   * Posts a message over the way that is used now.
   *
   * @param {number} number
   * @param {string} text
   * @returns {Promise<Answer>}
   */
  async post(number, text) {
    const attempt = this.#attempt;
    if (!attempt) return { problem: "None of the ways works.", isFinal: false };
    const answer = await attempt.post(number, text);
    const isCarried = answer.problem === "" || answer.isFinal;
    this.#unposted = isCarried ? 0 : this.#unposted + 1;
    if (this.#unposted >= MOST_UNPOSTED) attempt.broke(answer.problem);
    return answer;
  }
}

/** @param {Page} page */
export function connectByChain(page) {
  const chain = new Chain(page);
  return new HttpConnection(
    page,
    (connection, ended) => chain.listen(connection, ended),
    (number, text) => chain.post(number, text),
  );
}
