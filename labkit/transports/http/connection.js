// What the pages of short polling, long polling and server-sent events have in common: all but how
// messages come down. HTTP has no connection that lasts; the client makes one, of requests:
//
// - A name of its own, drawn by chance, stands in each address (an `EventSource` can set no header).
//   By it the server knows that they are one client's. Who reads it in a log can pass for the client.
// - A cursor says how far it has come. The server answers with what was said since: nothing is lost
//   between two requests or while the line is broken, and nothing is shown twice.
// - What it says itself is numbered (posts.js).
//
// The connection is open as long as what it asks is answered. Nothing else tells.

import { addressOf } from "./address.js";
import { Cursor } from "./cursor.js";
import { Posts } from "./posts.js";
import { request } from "./request.js";

/** @import { Connection, Page, SendStatus, State } from "../page/connection.js" */
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
 *   | "cursor"
 *   | "address"
 *   | "answered"
 *   | "broke"
 *   | "refused"
 *   | "heard"
 *   | "cameTo"
 *   | "missed"
 *   | "caughtUp"
 *   | "ask"
 *   | "post"
 * >} Listening
 */

/**
 * A message as it comes. One without an id is for this client alone, and in no history.
 *
 * @typedef {{ id?: string, text?: string, base64?: string }} Message
 */

/** @typedef {"down" | "up"} Direction */

const STRANGE_AGAIN = 5000; // milliseconds in which a second server that knows nothing is too many

const UNRELATED =
  "Requests of this page reach servers that do not know each other. What stands between must lead " +
  "all requests of a client to the same server (sticky sessions).";

const FOREIGN_CURSOR =
  "Lost: nobody knows how many messages. The server does not know what this page has heard: it was " +
  "started again, or it is another one.";

function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @implements {Connection} */
export class HttpConnection {
  #client = "";
  #cursor = new Cursor();
  #posts = new Posts((...post) => this.#postOnce(...post));
  /** @type {State} */
  #state = "closed";
  /** @type {Set<Direction>} */
  #unproved = new Set(); // the directions in which nothing passes, as far as one knows
  /** @type {Set<string>} */
  #said = new Set(); // the reasons that the page has shown since it was open
  #mayHaveMissed = false;
  #strangeAt = Number.NEGATIVE_INFINITY; // when a server did not know the cursor
  #ended = new AbortController();
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
    this.connect();
  }

  get isOpen() {
    return this.#state === "open";
  }

  /** How far it has come, as a request states it; "" if nothing has come yet. */
  get cursor() {
    return this.#cursor.text;
  }

  /** Joins, after an end as somebody new: the server may have ended what was before. */
  connect() {
    this.#client = randomName();
    this.#cursor = new Cursor();
    this.#mayHaveMissed = false;
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
    return addressOf(path, { client: this.#client, ...query });
  }

  // What listens tells what becomes of it:

  /** Something came from the server. */
  answered() {
    this.#works("down");
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

  /**
   * A message came, perhaps one that is known.
   *
   * @param {Message} message
   */
  heard({ id, text, base64 }) {
    if (id !== undefined && !this.#cursor.moveTo(id)) return;
    const bytes = () => `${atob(base64 ?? "").length} bytes of binary data`;
    this.#page.add({ kind: "heard", text: text ?? bytes() });
  }

  /**
   * All came up to this id: the server skips one's own messages.
   *
   * @param {string} id
   */
  cameTo(id) {
    this.#cursor.moveTo(id);
  }

  /**
   * The server's history does not reach back to the cursor.
   *
   * @param {number | null} count  how many messages it may have missed; null: nobody knows
   */
  missed(count) {
    this.#mayHaveMissed = false;
    if (count !== null) {
      const messages = `${count} message${count === 1 ? "" : "s"}`;
      const text = `Lost: at most ${messages}. The server keeps only the last ones.`;
      this.#page.add({ kind: "note", text });
      return;
    }
    const before = this.#strangeAt;
    this.#strangeAt = performance.now();
    if (this.#strangeAt - before < STRANGE_AGAIN) this.refused(UNRELATED);
    else this.#page.add({ kind: "note", text: FOREIGN_CURSOR });
  }

  /** All that was said until now has come. */
  caughtUp() {
    if (!this.#mayHaveMissed || !this.isOpen) return;
    this.#mayHaveMissed = false;
    this.#page.add({ kind: "note", text: "Connected again. Nothing that others said was missed." });
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
    return request("POST", this.address("messages", { number }), ended, text);
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
    if (direction === "down" && this.cursor) this.#mayHaveMissed = true;
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
    const address = addressOf(`clients/${this.#client}`);
    fetch(address, { method: "DELETE", keepalive: true }).catch(() => {}); // nobody would know
  }
}
