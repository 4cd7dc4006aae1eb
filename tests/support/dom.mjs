// A document without a browser, for modules that make elements: import this before them. Nothing is
// laid out in it: sizes and positions are what a test says.

import { Window } from "happy-dom";

const window = new Window({ url: "http://localhost:8888/lab" });

class ResizeObserver {
  observe() {}
  disconnect() {}
}

const { document, location, Element, HTMLElement, Event, KeyboardEvent } = window;
Object.assign(globalThis, { document, location, Element, HTMLElement, Event, KeyboardEvent });
Object.assign(globalThis, { ResizeObserver });

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
