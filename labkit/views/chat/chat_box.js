// One chat box. Python sends the whole state; this makes the page agree with it.

import { make, put } from "../../front_end/dom.js";
import { viewOf } from "../shared/view.js";
import { Conversation } from "./conversation.js";
import { FaultLine } from "./fault_line.js";
import { Recall } from "./recall.js";

/** @import { Parts } from "../shared/view.js" */
/** @import { ChatAction, ChatSnapshot } from "./messages.js" */

const HUES = 5; // as many as the style sheet has

/** What the plug says, in three parts: a narrow box has no room for the second one. */
const PLUG_WORDS = {
  pull: ["Pull the plug", "", ""],
  putBack: ["Put", " the plug", " back"],
  wait: ["Waiting", " for the kernel", ""],
};

/**
 * The same hue for the same name wherever it is shown; it only helps to tell boxes apart.
 *
 * @param {string} name
 */
export function hueOf(name) {
  return [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % HUES;
}

/**
 * What the second button does: it connects again, or does not wait for the next attempt. It stays
 * through the attempts.
 *
 * @param {ChatSnapshot} snapshot
 */
export function wayBack({ state: { key }, attempt, link }) {
  const waits = key === "reconnecting" || (key === "connecting" && attempt > 0);
  return {
    words: waits ? "Connect now" : "Connect again",
    isOffered: (waits || key === "closed") && link === "whole",
    isUnderWay: key === "connecting",
  };
}

class ChatBox {
  #avatar = make("span", "lk-avatar", { "aria-hidden": "true" });
  #badge = make("span", "lk-badge");
  #rooms = make("span", "lk-rooms");
  #faults = new FaultLine();
  #shape = make("span", "lk-shape", { "aria-hidden": "true" });
  #word = make("span", "", { role: "status" });
  #tries = make("span");
  #left = make("span", "lk-left", { "aria-hidden": "true" }); // not read out each second
  #plug = make("button", "lk-plug", { type: "button" });
  #again = make("button", "lk-again", { type: "button" });
  #send = make("button", "lk-send", { type: "submit" }, "Send");
  #talk = new Conversation();
  /** @type {number | undefined} */
  #countdown;
  #refocus = false;
  #recall = new Recall();
  #plugWaits = false; // for a busy kernel
  #box;
  #actions;
  #name;
  #reason;
  #closed;
  #input;

  /** @param {Parts<ChatAction>} parts */
  constructor({ id, box, actions }) {
    this.#box = box;
    this.#actions = actions;
    this.#name = make("span", "lk-name", { id: `${id}-name` });
    this.#reason = make("span", "lk-reason", { id: `${id}-reason` });
    const why = make("span", "", {}, this.#reason, this.#tries, this.#left);
    this.#closed = make("div", "lk-closed", { hidden: "" }, why, this.#again);
    this.#input = make("input", "lk-input", {
      id: `${id}-input`,
      autocomplete: "off",
      dir: "auto",
      placeholder: "Write a message",
      "aria-describedby": `${id}-reason`, // why it is disabled
    });
    const label = make("label", "lk-hidden", { for: `${id}-input` }, "Message");
    const form = make("form", "lk-form", {}, label, this.#input, this.#send);
    const state = make("span", "lk-state", {}, this.#shape, this.#word);
    const who = make("div", "lk-who", {}, this.#avatar, this.#name, this.#badge, state);
    box.classList.add("lk-chat-box");
    box.append(
      make("header", "lk-head", {}, who, this.#plug, ...this.#faults.parts, this.#rooms),
      make("div", "lk-middle", {}, this.#talk.log, this.#talk.jump),
      actions.notice,
      this.#closed,
      form,
    );
    this.#listen(form);
  }

  /** @param {HTMLFormElement} form */
  #listen(form) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#input.value && !this.#input.disabled) this.#say(this.#input.value);
    });
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#plug.addEventListener("click", () => this.#turnPlug());
    this.#again.addEventListener("click", () => {
      this.#refocus = true;
      this.#actions.ask({ kind: "open" });
    });
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && event.shiftKey) event.preventDefault(); // it would run a cell
    const text = this.#recall.next(event.key, this.#input.value);
    if (text === undefined) return;
    event.preventDefault();
    this.#input.value = text;
  }

  #turnPlug() {
    const isPulled = this.#plug.getAttribute("aria-pressed") === "true";
    this.#actions.ask(
      { kind: "plug", in_place: isPulled },
      {
        late: () => {
          this.#plugWaits = true;
          this.#showPlug("wait");
        },
        answered: () => {
          if (this.#plugWaits) this.#showPlug(isPulled ? "putBack" : "pull");
          this.#plugWaits = false;
        },
      },
    );
  }

  /** @param {keyof typeof PLUG_WORDS} words */
  #showPlug(words) {
    const [first = "", spare = "", last = ""] = PLUG_WORDS[words];
    if (this.#plug.textContent === first + spare + last) return;
    this.#plug.replaceChildren(first, make("span", "lk-spare", {}, spare), last);
  }

  /** @param {string} text */
  #say(text) {
    this.#input.value = "";
    this.#input.focus();
    this.#recall.add(text);
    const { late, remove } = this.#talk.expect(text);
    this.#actions.ask(
      { kind: "send", text },
      {
        pending: `“${text}” is not sent yet. `,
        late,
        answered: remove,
        undo: () => this.#giveBack(text),
      },
    );
  }

  /**
   * Gives a text that was not sent back to its writer. Returns what to say if there is no room.
   *
   * @param {string} text
   */
  #giveBack(text) {
    if (this.#input.value === text) return "";
    if (this.#input.value) return `Not sent: “${text}”. `;
    this.#input.value = text;
    return "";
  }

  /**
   * @param {ChatSnapshot} snapshot
   * @param {boolean} gone
   */
  update(snapshot, gone) {
    const { name, link, state } = snapshot;
    put(this.#name, name);
    this.#name.title = name; // a narrow box has no room for a long one
    put(this.#avatar, [...name][0]?.toUpperCase() ?? "?");
    put(this.#badge, snapshot.badge);
    this.#badge.title = snapshot.badge; // nor for these words
    this.#badge.dataset.transport = snapshot.badge.split(" ").at(-1);
    this.#showRooms(snapshot);
    this.#faults.update(gone ? [] : snapshot.faults);
    this.#box.dataset.hue = String(hueOf(name));
    this.#talk.log.setAttribute("aria-label", `Conversation of ${name}`);
    this.#showState(snapshot, gone);
    const isLive = snapshot.following && !gone;
    const isOpen = isLive && state.key === "open";
    if (!this.#plugWaits) this.#showPlug(link === "cut" ? "putBack" : "pull");
    this.#plug.setAttribute("aria-pressed", String(link === "cut"));
    this.#plug.disabled = !isLive || link === "closed";
    this.#closed.hidden = isOpen || gone; // when gone, the notice gives the reason
    put(this.#reason, snapshot.reason);
    const { words, isOffered, isUnderWay } = wayBack(snapshot);
    put(this.#again, words);
    this.#again.hidden = !isLive || !isOffered;
    this.#again.setAttribute("aria-disabled", String(isUnderWay));
    this.#showEntry(isOpen);
    this.#talk.add(snapshot.entries, name);
  }

  stop() {
    clearInterval(this.#countdown);
    this.#talk.stop();
  }

  /** @param {ChatSnapshot} snapshot */
  #showRooms({ name, rooms, moreRooms }) {
    const names = rooms.map((room) => `room ${room}`);
    if (moreRooms) names.push(`and ${moreRooms} more`);
    const known = [...this.#rooms.children].map((node) => node.textContent);
    if (names.join("\n") === known.join("\n")) return;
    const title = `The server keeps ${name} in it; the protocol does not tell ${name}.`;
    this.#rooms.replaceChildren(...names.map((text) => make("span", "lk-badge", { title }, text)));
  }

  /**
   * @param {ChatSnapshot} snapshot
   * @param {boolean} gone
   */
  #showState({ state, attempt, retryAt }, gone) {
    clearInterval(this.#countdown);
    put(this.#shape, gone ? "○" : state.shape);
    put(this.#word, gone ? "No kernel" : state.word);
    const comesBack = attempt > 0 && ["reconnecting", "connecting"].includes(state.key);
    const waits = comesBack && state.key === "reconnecting" && retryAt !== null && !gone;
    put(this.#tries, comesBack ? ` Attempt ${attempt}${waits ? "" : "."}` : "");
    put(this.#left, "");
    if (waits) {
      const show = () => put(this.#left, ` in ${secondsUntil(retryAt)} s.`);
      show();
      this.#countdown = setInterval(show, 250);
    }
    this.#box.dataset.state = gone ? "closed" : state.key;
  }

  /** @param {boolean} isOpen */
  #showEntry(isOpen) {
    const had = document.activeElement;
    const own = [this.#input, this.#send, this.#again];
    if (!isOpen && own.some((each) => each === had)) this.#refocus = true;
    this.#input.disabled = this.#send.disabled = !isOpen;
    if (!isOpen || !this.#refocus) return;
    this.#refocus = false;
    if (had === document.body || this.#box.contains(had)) {
      this.#input.focus({ preventScroll: true });
    }
  }
}

/** @param {number} time  in Unix seconds */
function secondsUntil(time) {
  return Math.max(0, Math.ceil(time - Date.now() / 1000));
}

export default viewOf((/** @type {Parts<ChatAction>} */ parts) => new ChatBox(parts));
