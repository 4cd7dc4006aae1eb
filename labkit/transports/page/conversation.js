// The conversation on a chat page: always text, never HTML.

import { make } from "../../front_end/dom.js";
import { FollowingLog } from "../../front_end/following_log.js";
import { plainText } from "../../front_end/untrusted.js";

/** @import { Line, SendStatus } from "./connection.js" */

const KEPT = 500; // lines that stay in the page

/** @type {Record<SendStatus, [tick: string, words: string]>} */
const TICKS = {
  sending: ["…", "sending"],
  acknowledged: ["✓✓", "acknowledged"],
  failed: ["✗", "not acknowledged"],
};

/**
 * @param {string} className
 * @param {string} text
 */
function spanOf(className, text) {
  return make("span", className, {}, plainText(text));
}

/** @param {Date} now */
function timeOf(now) {
  const shown = now.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return make("time", "", { datetime: now.toISOString(), title: now.toLocaleString() }, shown);
}

export class Conversation {
  #log;
  #reader;

  /** @param {HTMLElement} log */
  constructor(log) {
    this.#log = log;
    this.#reader = new FollowingLog(log);
  }

  /**
   * Adds a line, and returns a function that marks what became of it.
   *
   * @param {Line} line
   */
  add({ kind, text, room = "", isEcho = false }) {
    const node = make("p", kind, { dir: "auto" });
    if (kind === "said") node.append(spanOf("lk-hidden", "You: "));
    if (room) node.append(spanOf("room", `room ${room}`));
    if (isEcho) node.append(spanOf("echo", "came back from the server"));
    node.append(plainText(text));
    if (kind === "said" || kind === "heard") node.append(timeOf(new Date()));
    this.#reader.noteReader(); // the event about a scroll may not have come yet
    this.#log.append(node);
    while (this.#log.childElementCount > KEPT) this.#log.firstElementChild?.remove();
    this.#reader.grown();

    const tick = make("span", "tick", { "aria-hidden": "true" });
    const tickWords = make("span", "lk-hidden");
    return (/** @type {SendStatus} */ status) => {
      const [sign, words] = TICKS[status];
      tick.textContent = sign;
      tick.title = words;
      tickWords.textContent = ` (${words})`;
      if (!tick.parentNode) node.append(tick, tickWords);
    };
  }
}
