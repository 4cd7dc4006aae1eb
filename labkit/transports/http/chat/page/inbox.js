// What a client has heard of its server's history: each message once, and what it must have missed.

import { Cursor } from "./cursor.js";
import { Histories } from "./histories.js";

/** @import { Line } from "../../../page/connection.js" */

/**
 * A message as it comes. One without an id is for this client alone, and in no history.
 *
 * @typedef {{ id?: string, text?: string, base64?: string }} Message
 */

const FOREIGN_CURSOR =
  "Lost: nobody knows how many messages. The server does not know what this page has heard: it was " +
  "started again, or it is another one.";

const NOTHING_MISSED = "Connected again. Nothing that others said was missed.";

export class Inbox {
  #cursor = new Cursor();
  #histories = new Histories();
  #mayHaveMissed = false;
  #show;
  #onUnrelated;

  /**
   * @param {(line: Line) => void} show
   * @param {() => void} onUnrelated  is called if servers answer in turn that do not know each other
   */
  constructor(show, onUnrelated) {
    this.#show = show;
    this.#onUnrelated = onUnrelated;
  }

  /** How far it has come, as a request states it; "" if nothing has come yet. */
  get cursor() {
    return this.#cursor.text;
  }

  /**
   * A message came, perhaps one that is known.
   *
   * @param {Message} message
   */
  heard({ id, text, base64 }) {
    if (id !== undefined && !this.#moveTo(id)) return;
    const bytes = () => `${atob(base64 ?? "").length} bytes of binary data`;
    this.#show({ kind: "heard", text: text ?? bytes() });
  }

  /**
   * All came up to this id: the server skips one's own messages.
   *
   * @param {string} id
   */
  cameTo(id) {
    this.#moveTo(id);
  }

  /**
   * The server's history does not reach back to the cursor.
   *
   * @param {number | null} count  how many messages it may have missed; null: nobody knows
   */
  missed(count) {
    this.#mayHaveMissed = false;
    const messages = `${count} message${count === 1 ? "" : "s"}`;
    const some = `Lost: at most ${messages}. The server keeps only the last ones.`;
    this.#show({ kind: "note", text: count === null ? FOREIGN_CURSOR : some });
  }

  /** Nothing comes any more. Who had heard nothing yet misses nothing. */
  brokeOff() {
    if (this.cursor) this.#mayHaveMissed = true;
  }

  /** All that was said until now has come. */
  caughtUp() {
    if (this.#mayHaveMissed) this.#show({ kind: "note", text: NOTHING_MISSED });
    this.#mayHaveMissed = false;
  }

  /**
   * Moves the cursor, and returns whether that is further.
   *
   * @param {string} id
   */
  #moveTo(id) {
    const before = this.#cursor.epoch;
    const isFurther = this.#cursor.moveTo(id);
    const { epoch } = this.#cursor;
    if (before && epoch !== before && !this.#histories.mayFollow(before, epoch)) {
      this.#onUnrelated();
    }
    return isFurther;
  }
}
