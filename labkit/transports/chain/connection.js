// A fallback chain: a WebSocket if it works, an event stream if not, and long polling if that does not
// work either.
//
// All ways have the same client, cursor and numbers (http/connection.js), and the server keeps one
// history for all. So where one breaks off the next goes on, and nothing is lost or shown twice.
//
// While it is on a way that is not the best one, it probes the better ones now and then, and changes to
// one that works.

import { HttpConnection } from "../http/chat/page/connection.js";
import { pause } from "../http/chat/page/request.js";
import { pollLong } from "../longpoll/connection.js";
import { listenToStream } from "../sse/connection.js";
import { Attempt } from "./attempt.js";
import { Order } from "./order.js";
import { probe } from "./probe.js";
import { SocketWay } from "./socket_way.js";

/** @import { Page } from "../page/connection.js" */
/** @import { Listening } from "../http/chat/page/connection.js" */
/** @import { Answer } from "../http/chat/page/request.js" */
/** @import { Way } from "./attempt.js" */

/** @typedef {{ name: string, attempt: Attempt }} Found */

const NEXT_ROUND = 1000; // milliseconds after a way broke, or none worked
const LAST_RESORT = "longpoll"; // nothing asks less of what stands between

/** @type {Record<string, () => Way>} */
const WAYS = {
  websocket: () => new SocketWay(),
  sse: () => ({ listen: listenToStream }),
  [LAST_RESORT]: () => ({ listen: pollLong }),
};

/** @param {string} name */
function makeWay(name) {
  return /** @type {() => Way} */ (WAYS[name])();
}

class Chain {
  #order = new Order(Object.keys(WAYS));
  /** @type {Map<string, string>} */
  #refusals = new Map(); // why a way does not work, by its name
  /** @type {Attempt | null} */
  #attempt = null;
  /** @type {Promise<Found | null> | null} */
  #changing = null; // to a better way
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
      let found = await this.#find(connection, ended);
      while (found) found = await this.#stay(connection, ended, found);
      await pause(NEXT_ROUND, ended);
    }
  }

  /**
   * Returns the first way that is proved, null if none is.
   *
   * @param {Listening} connection
   * @param {AbortSignal} ended
   * @returns {Promise<Found | null>}
   */
  async #find(connection, ended) {
    for (const name of this.#order.next) {
      const attempt = new Attempt(connection, makeWay(name), ended);
      const refusal = await attempt.prove();
      if (ended.aborted) return null;
      if (!refusal) return { name, attempt };
      attempt.stop();
      if (refusal.isFinal && name === LAST_RESORT) {
        connection.refused(refusal.why);
        return null;
      }
      this.#onRefused(name, refusal.why);
    }
    connection.broke("None of the ways works.");
    return null;
  }

  /**
   * @param {string} name
   * @param {string} why
   */
  #onRefused(name, why) {
    if (this.#refusals.get(name) !== why) {
      this.#page.add({ kind: "note", text: `No ${name}: ${why}` });
    }
    this.#refusals.set(name, why);
  }

  /**
   * Stays with a way until it breaks, or until a better one is proved, which is returned.
   *
   * @param {Listening} connection
   * @param {AbortSignal} ended
   * @param {Found} found
   */
  async #stay(connection, ended, { name, attempt }) {
    this.#attempt = attempt;
    this.#refusals.delete(name);
    this.#order.onProved(name);
    this.#page.showTransport(name);
    connection.answered();
    attempt.take();
    const better = await this.#upgrade(connection, ended, attempt);
    if (better) {
      attempt.stop();
      return better;
    }
    const { why } = await attempt.broken;
    this.#attempt = null;
    this.#page.showTransport("");
    if (ended.aborted) return null;
    this.#order.onBroken(name, attempt.age);
    connection.broke(why);
    return null;
  }

  /**
   * Returns a better way once one works, null if there is none or the current one breaks before.
   *
   * @param {Listening} connection
   * @param {AbortSignal} ended
   * @param {Attempt} current
   */
  async #upgrade(connection, ended, current) {
    while (this.#order.better.length && !current.ended.aborted) {
      await pause(this.#order.nextProbe() * 1000, current.ended);
      const name = await this.#findBetter(current.ended);
      if (!name) continue;
      this.#changing = this.#change(connection, ended, name);
      const better = await this.#changing;
      this.#changing = null;
      if (better) return better;
    }
    return null;
  }

  /**
   * Returns the name of a better way that works for another client, "" if none does.
   *
   * @param {AbortSignal} ended
   */
  async #findBetter(ended) {
    for (const name of this.#order.better) {
      if (ended.aborted) break;
      const refusal = await probe(makeWay(name), ended);
      if (!refusal) return name;
      if (!ended.aborted) this.#onRefused(name, refusal.why);
    }
    return "";
  }

  /**
   * Returns a better way if it is proved for this client, too. The current one is kept until then,
   * though the server may end what listens over it: of two requests that listen, the newest wins.
   *
   * @param {Listening} connection
   * @param {AbortSignal} ended
   * @param {string} name
   * @returns {Promise<Found | null>}
   */
  async #change(connection, ended, name) {
    this.#order.onProbed(name);
    const attempt = new Attempt(connection, makeWay(name), ended);
    const refusal = await attempt.prove();
    if (refusal) {
      attempt.stop();
      if (!ended.aborted) this.#onRefused(name, refusal.why);
      return null;
    }
    this.#attempt = attempt; // what is posted from now on goes up by it
    this.#page.add({ kind: "note", text: `Changed to ${name}, which works now.` });
    return { name, attempt };
  }

  /**
   * Posts a message over the way that is used now. What a way did not carry that was left for a better
   * one goes up by that one, under its number.
   *
   * @param {number} number
   * @param {string} text
   * @returns {Promise<Answer>}
   */
  async post(number, text) {
    const attempt = this.#attempt;
    if (!attempt) return { problem: "None of the ways works.", isFinal: false };
    const answer = await attempt.carry(number, text);
    if (!answer.problem || answer.isFinal) return answer;
    await this.#changing;
    const isLeft = this.#attempt !== null && this.#attempt !== attempt;
    return isLeft ? this.post(number, text) : answer;
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
