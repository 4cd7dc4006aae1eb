// The conversation in a chat box: bubbles, ticks, and where the reader is. Entries are numbered
// by Python; what is new is added, what is known keeps its node, what is old leaves the page.

import { make, put } from "../../front_end/dom.js";
import { FollowingLog } from "../../front_end/following_log.js";

/** @import { ShownEntry } from "./messages.js" */

const KEPT = 200; // nodes that stay in the page

/** @type {Record<ShownEntry["sendStatus"], [tick: string, words: string]>} */
const TICKS = {
  "": ["", ""],
  sending: ["…", "sending"],
  sent: ["✓", "sent: handed to the network; whether it arrived is not known"],
  acknowledged: ["✓✓", "acknowledged: it arrived"],
  failed: ["✗", "not sent"],
};

/** @param {number} seconds */
function hourAndMinute(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/**
 * @param {HTMLElement} node
 * @param {ShownEntry["sendStatus"]} status
 */
function mark(node, status) {
  const tick = node.querySelector(".lk-tick");
  if (!(tick instanceof HTMLElement) || tick.dataset.sendStatus === status) return;
  const [sign, words] = TICKS[status];
  node.dataset.sendStatus = tick.dataset.sendStatus = status;
  tick.textContent = sign;
  tick.title = words;
  if (tick.nextSibling) put(tick.nextSibling, words ? ` (${words.split(":")[0]})` : "");
}

/** @param {string} text */
function note(text) {
  return make("div", "lk-entry lk-note", {}, make("span", "lk-text", { dir: "auto" }, text));
}

/**
 * @param {ShownEntry} entry
 * @param {string} name
 */
function bubble(entry, name) {
  if (entry.kind === "note") return note(entry.text);
  const who = entry.kind === "said" ? `${name} said: ` : "heard: ";
  const at = new Date(entry.at * 1000);
  const meta = make(
    "span",
    "lk-meta",
    {},
    make(
      "time",
      "",
      { datetime: at.toISOString(), title: at.toLocaleString() },
      hourAndMinute(entry.at),
    ),
  );
  const room = entry.room ? [make("span", "lk-in", {}, `room ${entry.room}`)] : [];
  const echo = entry.isEcho ? [make("span", "lk-in", {}, "came back from the server")] : [];
  const text = make("span", "lk-text", { dir: "auto" }, entry.text);
  const node = make(
    "div",
    `lk-entry lk-${entry.kind}`,
    {},
    make("span", "lk-hidden", {}, who),
    ...room,
    ...echo,
    text,
    meta,
  );
  if (entry.kind === "said") {
    meta.append(make("span", "lk-tick", { "aria-hidden": "true" }), make("span", "lk-hidden"));
    mark(node, entry.sendStatus);
  }
  return node;
}

export class Conversation {
  log = make("div", "lk-log", { role: "log", "aria-live": "polite", tabindex: "0" });
  jump = make("button", "lk-jump", { type: "button", hidden: "" });
  #line = make("div", "lk-new", { role: "separator" }, "New messages");
  #reader = new FollowingLog(this.log, () => this.#onEnd());
  /** Numbers of entries, and their nodes.
   * @type {Map<number, HTMLElement>} */
  #nodes = new Map();
  #last = -1;
  #unread = 0;
  // what the kernel has not answered yet; it is read out when it is said
  #pending = make("div", "lk-pending", { "aria-live": "off" });

  constructor() {
    this.jump.addEventListener("click", () => {
      this.toEnd();
      this.log.focus();
    });
  }

  toEnd() {
    this.#reader.toEnd();
  }

  stop() {
    this.#reader.stop();
  }

  /**
   * Adds the entries that are new, and marks those that are known.
   *
   * @param {ShownEntry[]} entries
   * @param {string} name
   */
  add(entries, name) {
    this.#reader.noteReader(); // the event about a scroll may not have come yet
    this.#pending.remove();
    const fresh = entries.filter((entry) => entry.n > this.#last);
    const missed = (fresh[0]?.n ?? 0) - this.#last - 1;
    if (fresh.length && missed > 0) {
      const which = missed === 1 ? "entry is" : "entries are";
      this.log.append(note(`${missed} earlier ${which} not shown`));
    }
    for (const entry of fresh) this.#append(entry, name);
    for (const entry of entries) {
      const node = this.#nodes.get(entry.n);
      if (node && entry.kind === "said") mark(node, entry.sendStatus);
    }
    this.#forget();
    if (this.#pending.childElementCount) this.log.append(this.#pending);
    if (this.#reader.following) this.toEnd();
    else if (fresh.length) this.#offerJump();
  }

  /**
   * @param {ShownEntry} entry
   * @param {string} name
   */
  #append(entry, name) {
    if (entry.kind === "said") this.#settle(entry.text);
    const node = bubble(entry, name);
    this.#nodes.set(entry.n, node);
    this.#last = entry.n;
    if (entry.kind === "heard") {
      if (!this.#reader.following && this.#unread === 0) this.log.append(this.#line);
      this.#unread += 1;
    }
    this.log.append(node);
  }

  /**
   * Shows a text that was typed, until the kernel says it. Returns what marks it as waiting for a
   * busy kernel, and what takes it away.
   *
   * @param {string} text
   */
  expect(text) {
    const meta = make("span", "lk-meta");
    const shown = make("span", "lk-text", { dir: "auto" }, text);
    const node = make("div", "lk-entry lk-said", {}, shown, meta);
    this.#pending.append(node);
    this.log.append(this.#pending);
    this.toEnd();
    const late = () => put(meta, "waiting for the kernel");
    const remove = () => {
      node.remove();
      if (!this.#pending.childElementCount) this.#pending.remove();
    };
    return { late, remove };
  }

  /** @param {string} text  which the kernel says now */
  #settle(text) {
    const texts = [...this.#pending.querySelectorAll(".lk-text")];
    texts.find((each) => each.textContent === text)?.parentElement?.remove();
  }

  #forget() {
    while (this.log.childElementCount > KEPT) this.log.firstElementChild?.remove();
    for (const n of this.#nodes.keys()) {
      if (n > this.#last - KEPT) break;
      this.#nodes.delete(n);
    }
  }

  #offerJump() {
    const unread = this.#unread;
    this.jump.hidden = false;
    put(this.jump, unread ? `↓ ${unread} new` : "↓ Newest");
    this.jump.setAttribute(
      "aria-label",
      unread ? `${unread} new messages: jump to the newest` : "Jump to the newest message",
    );
  }

  #onEnd() {
    this.#unread = 0;
    this.jump.hidden = true;
    this.#line.remove();
  }
}
