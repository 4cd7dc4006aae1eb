// The chat page, whatever protocol its connection speaks. All addresses are relative to it, so that
// it also works behind a path prefix (a proxy, a hub) and through a link.

import { Conversation } from "./conversation.js";
import { OwnConnection } from "./own_connection.js";
import { Rooms } from "./rooms.js";

/** @import { Connect, State } from "./connection.js" */

/** @type {Record<State, string>} */
const WORDS = {
  connecting: "◔ Connecting",
  open: "● Open",
  reconnecting: "↻ Reconnecting",
  closed: "○ Closed",
};

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 */
function part(id, kind) {
  const node = document.getElementById(id);
  if (!(node instanceof kind)) throw new TypeError(`The page has no ${kind.name} called ${id}.`);
  return node;
}

class ChatPage {
  #state = part("state", HTMLElement);
  #own = new OwnConnection(part("self", HTMLElement));
  #badge = part("badge", HTMLElement);
  #hint = part("hint", HTMLElement);
  #again = part("again", HTMLButtonElement);
  #to = part("to", HTMLSelectElement);
  #text = part("text", HTMLInputElement);
  #room = part("room", HTMLInputElement);
  #join = part("join", HTMLButtonElement);
  #leave = part("leave", HTMLButtonElement);
  #send = part("send", HTMLButtonElement);
  #conversation = new Conversation(part("log", HTMLElement));
  #connection;
  #rooms;

  /** @param {Connect} connect */
  constructor(connect) {
    this.#connection = connect({
      showState: (state, further) => this.#showState(state, further),
      showSid: (sid) => this.#own.showSid(sid),
      askName: () => this.#own.askName(),
      showTransport: (transport) => {
        this.#badge.textContent = transport;
      },
      showRooms: (rooms) => this.#rooms.show(rooms),
      showHint: (...parts) => {
        this.#hint.replaceChildren(...parts);
        this.#hint.hidden = false;
      },
      add: (line) => this.#conversation.add(line),
    });
    this.#rooms = new Rooms(this.#connection, {
      form: part("places", HTMLFormElement),
      room: this.#room,
      leave: this.#leave,
      to: this.#to,
      told: part("rooms", HTMLElement),
    });
    part("form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say();
    });
    this.#again.addEventListener("click", () => {
      this.#showState("connecting");
      this.#connection.connect();
    });
  }

  #say() {
    const text = this.#text.value;
    if (!text || !this.#connection.isOpen) return;
    const room = this.#to.value;
    const mark = this.#conversation.add({ kind: "said", text, room });
    this.#connection.say(text, room, mark);
    this.#text.value = "";
  }

  /**
   * @param {State} state
   * @param {string} [further]
   */
  #showState(state, further = "") {
    this.#state.textContent = WORDS[state] + further;
    this.#state.dataset.state = state;
    const isOpen = state === "open";
    if (isOpen) this.#own.opened(this.#connection.key);
    else this.#own.ended();
    const { activeElement } = document;
    const entry = [this.#to, this.#text, this.#send, this.#room, this.#join, this.#leave];
    for (const control of entry) control.disabled = !isOpen;
    this.#again.hidden = state !== "closed";
    const isFree = activeElement === document.body || activeElement === this.#again;
    if (isOpen && isFree) this.#text.focus();
  }
}

/** @param {Connect} connect */
export function showChat(connect) {
  return new ChatPage(connect);
}
