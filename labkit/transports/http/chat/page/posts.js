// The way up: what one says is posted, one message after the other, each until it is answered.
//
// If an answer is lost, nobody knows whether the message came. So each has a number, and the server
// drops a number that it has had: a message that is sent again is passed on once.

import { pause } from "./request.js";

/** @import { SendStatus } from "../../../page/connection.js" */
/** @import { Answer } from "./request.js" */

/** @typedef {(number: number, text: string, ended: AbortSignal) => Promise<Answer>} PostOnce */

const REPEAT = 1000; // milliseconds until a message that was not answered is sent again

export class Posts {
  #number = 0;
  /** @type {(() => Promise<void>)[]} */
  #waiting = [];
  #isSending = false;
  #postOnce;

  /** @param {PostOnce} postOnce */
  constructor(postOnce) {
    this.#postOnce = postOnce;
  }

  /**
   * @param {string} text
   * @param {(status: SendStatus) => void} mark  is called with what became of it
   * @param {AbortSignal} ended
   */
  async send(text, mark, ended) {
    mark("sending");
    this.#number += 1;
    const number = this.#number;
    this.#waiting.push(async () => mark(await this.#post(number, text, ended)));
    if (this.#isSending) return; // its turn comes
    this.#isSending = true;
    for (let post = this.#waiting.shift(); post; post = this.#waiting.shift()) await post();
    this.#isSending = false;
  }

  /**
   * @param {number} number
   * @param {string} text
   * @param {AbortSignal} ended
   * @returns {Promise<SendStatus>}
   */
  async #post(number, text, ended) {
    while (!ended.aborted) {
      const answer = await this.#postOnce(number, text, ended);
      if (!answer.problem) return "acknowledged";
      if (answer.isFinal) break;
      await pause(REPEAT, ended);
    }
    return "failed";
  }
}
