// A document without a browser, for modules that make elements: import this before them. Nothing is
// laid out in it: sizes and positions are what a test says.

import { Window } from "happy-dom";

const window = new Window({ url: "http://localhost:8888/lab" });

class ResizeObserver {
  observe() {}
  disconnect() {}
}

const NAMES = [
  "DOMParser",
  "document",
  "location",
  "Element",
  "HTMLElement",
  "Event",
  "KeyboardEvent",
  "Option",
];
const PARTS = ["Button", "Form", "Input", "Select"].map((part) => `HTML${part}Element`);
for (const name of [...NAMES, ...PARTS]) globalThis[name] = window[name];
Object.assign(globalThis, { ResizeObserver, addEventListener: listenToWindow });

function listenToWindow(...values) {
  window.addEventListener(...values);
}

/** Lets an event happen to the window, such as the page's going. */
export function happens(name) {
  window.dispatchEvent(new window.Event(name));
}

/** Lets the page be from another address, without loading anything. */
export function setAddress(url) {
  window.happyDOM.setURL(url);
}

/** A WebSocket without a network: it notes what is sent, and is told what happens. */
export class FakeWebSocket {
  static OPEN = 1;
  static last;
  readyState = 0;
  sent = [];

  constructor(address) {
    this.address = String(address);
    FakeWebSocket.last = this;
  }

  send(data) {
    this.sent.push(data);
  }

  close(code = 1000) {
    this.closedWith = code;
    this.end(code);
  }

  opens() {
    this.readyState = FakeWebSocket.OPEN;
    this.onopen?.();
  }

  receives(data) {
    this.onmessage({ data });
  }

  end(code, reason = "") {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
}

/** What a connection tells its page, noted. */
export function notingPage() {
  const told = [];
  const note =
    (name) =>
    (...values) =>
      told.push([name, ...values]);
  const names = [
    "showState",
    "showSid",
    "askName",
    "showTransport",
    "showRooms",
    "showHint",
    "add",
  ];
  return { told, page: Object.fromEntries(names.map((name) => [name, note(name)])) };
}

/** A widget's model: it notes what is sent, and can be told what Python would tell. */
export class Model {
  sent = [];
  listeners = new Map();

  constructor(state = {}) {
    this.state = state;
  }

  get() {
    return this.state;
  }

  send(message) {
    this.sent.push(message);
  }

  on(event, listener) {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  off(event, listener) {
    const others = this.listeners.get(event).filter((each) => each !== listener);
    if (others.length) this.listeners.set(event, others);
    else this.listeners.delete(event);
  }

  tell(event, message) {
    for (const listener of this.listeners.get(event) ?? []) listener(message);
  }

  answer(answer) {
    this.tell("msg:custom", { why: "", ...answer });
  }
}
