// What the pages of short polling, long polling and server-sent events have in common: all but how
// messages come down. HTTP has no connection that lasts; the client makes one, of requests:
//
// - A name in each address tells the server that they are one client's (client.js).
// - A cursor says how far it has come. The server answers with what was said since: nothing is lost
//   between two requests or while the line is broken, and nothing is shown twice.
// - What it says itself is numbered (posts.js).
//
// The connection is open as long as what it asks is answered. Nothing else tells.

import { Client } from "./client.js";
import { Inbox } from "./inbox.js";
import { Posts } from "./posts.js";

/** @import { Connection, Page, SendStatus, State } from "../../../page/connection.js" */
/** @import { PostOnce } from "./posts.js" */

/**
 * How messages come down: it listens, through all that breaks, until it is told to end.
 *
 * @typedef {(connection: Listening, ended: AbortSignal) => Promise<void>} Listen
 */

/**
 * What it needs of a connection.
 *
 * @typedef {Pick<
 *   HttpConnection,
 *   | "inbox"
 *   | "address"
 *   | "answered"
 *   | "broke"
 *   | "refused"
 *   | "caughtUp"
 *   | "ask"
 *   | "post"
 * >} Listening
 */

/** @typedef {"down" | "up"} Direction */

const UNRELATED =
  "Requests of this page reach servers that do not know each other. What stands between must lead " +
  "all requests of a client to the same server (sticky sessions).";

/** @implements {Connection} */
export class HttpConnection {
  inbox = this.#newInbox(); // what it has heard since it joined
  #client = new Client();
  #posts = new Posts((...post) => this.#postOnce(...post));
  /** @type {State} */
  #state = "closed";
  /** @type {Set<Direction>} */
  #unproved = new Set(); // the directions in which nothing passes, as far as one knows
  /** @type {Set<string>} */
  #said = new Set(); // the reasons that the page has shown since it was open
  #ended = new AbortController();
  #wasHidden = false; // since the page asked for its name
  #page;
  #listen;
  #post;

  /**
   * @param {Page} page
   * @param {Listen} listen
   * @param {PostOnce} [post]  how messages go up, if not by requests
   */
  constructor(page, listen, post) {
    this.#page = page;
    this.#listen = listen;
    this.#post = post;
    addEventListener("pagehide", () => this.#leave());
    document.addEventListener("visibilitychange", () => {
      this.#wasHidden = true;
    });
    this.connect();
  }

  get isOpen() {
    return this.#state === "open";
  }

  get key() {
    return this.#client.name;
  }

  /** Joins, after an end as somebody new: the server may have ended what was before. */
  connect() {
    this.#client = new Client();
    this.inbox = this.#newInbox();
    this.#unproved.add("down");
    this.#state = "connecting";
    this.#ended = new AbortController();
    this.#listen(this, this.#ended.signal);
  }

  /**
   * @param {string} text
   * @param {string} _room
   * @param {(status: SendStatus) => void} mark
   */
  say(text, _room, mark) {
    this.#posts.send(text, mark, this.#ended.signal);
  }

  /**
   * @param {string} path
   * @param {Record<string, string | number>} [query]
   */
  address(path, query) {
    return this.#client.address(path, query);
  }

  // What listens tells what becomes of it:

  /**
   * Something came from the server. A browser lets a hidden page poll so seldom that the server may
   * have taken it for gone, and for somebody new when it polled again.
   */
  answered() {
    this.#works("down");
    if (!this.#wasHidden || document.hidden || !this.isOpen) return;
    this.#wasHidden = false;
    this.#page.askName();
  }

  /**
   * Nothing comes; it tries again.
   *
   * @param {string} why
   */
  broke(why) {
    this.#fails("down", why);
  }

  /**
   * It makes no sense to try again.
   *
   * @param {string} why
   */
  refused(why) {
    this.#page.add({ kind: "note", text: why });
    this.#end();
  }

  /** All that was said until now has come. */
  caughtUp() {
    if (this.isOpen) this.inbox.caughtUp();
  }

  /**
   * Asks whether the server would answer, and returns why not, "" if it does.
   *
   * @param {AbortSignal} ended
   */
  async ask(ended) {
    const answer = await this.post(0, "", ended);
    if (answer.isFinal && !ended.aborted) this.refused(answer.problem);
    return answer.problem;
  }

  /**
   * Posts a message once. With number 0 it says nothing, and shows that posts arrive.
   *
   * @type {PostOnce}
   */
  post(number, text, ended) {
    return this.#client.post(number, text, ended);
  }

  /** @type {PostOnce} */
  async #postOnce(number, text, ended) {
    const answer = await (this.#post ?? this.post).call(this, number, text, ended);
    if (ended.aborted) return answer;
    if (answer.isFinal)
      this.#page.add({ kind: "note", text: answer.problem }); // this one alone
    else if (answer.problem) this.#fails("up", answer.problem);
    if (!answer.problem || answer.isFinal) this.#works("up");
    return answer;
  }

  #newInbox() {
    return new Inbox(
      (line) => this.#page.add(line),
      () => this.refused(UNRELATED),
    );
  }

  /** @param {Direction} direction */
  #works(direction) {
    this.#unproved.delete(direction);
    if (this.#unproved.size || this.isOpen) return;
    this.#said.clear();
    this.#show("open");
  }

  /**
   * @param {Direction} direction
   * @param {string} why
   */
  #fails(direction, why) {
    this.#unproved.add(direction);
    if (direction === "down") this.inbox.brokeOff();
    if (!this.#said.has(why)) this.#page.add({ kind: "note", text: `${why} Trying again …` });
    this.#said.add(why);
    if (this.#state !== "reconnecting") this.#show("reconnecting");
  }

  /** @param {State} state */
  #show(state) {
    this.#state = state;
    this.#page.showState(state);
  }

  #end() {
    this.#said.clear();
    this.#unproved.clear();
    this.#show("closed");
    this.#ended.abort();
  }

  /** Leaves while the page goes: the end of its requests tells the server only if one is held. */
  #leave() {
    if (this.#state === "closed") return;
    this.#end(); // shown if the browser brings the page back
    this.#client.leave();
  }
}
