// HTTP without a network: a test is the server, and the clock stands until it is turned.

import { mock } from "node:test";
import "./dom.mjs";

/** A request that is under way. */
class Request {
  isAborted = false;

  constructor(address, { method, body, keepalive, redirect, signal }, { resolve, reject }) {
    this.method = method;
    this.path = address.pathname;
    this.query = Object.fromEntries(address.searchParams);
    this.body = body;
    this.keepalive = keepalive;
    this.redirect = redirect;
    this.resolve = resolve;
    this.reject = reject;
    signal?.addEventListener("abort", () => {
      this.isAborted = true;
      reject(signal.reason);
    });
  }

  /** Answers, with a refusal's sentence if the status is one. */
  answers(status, text = "", kind = "text/plain; charset=utf-8") {
    const isHidden = status >= 300 && status < 400 && this.redirect === "manual";
    this.resolve(
      isHidden
        ? { type: "opaqueredirect", status: 0, ok: false, headers: new Headers() }
        : new Response(status === 204 ? null : text, { status, headers: { "Content-Type": kind } }),
    );
    return settled();
  }

  /** Answers a question for news. */
  tells(news) {
    return this.answers(
      200,
      JSON.stringify({ messages: [], next: "0000000e-0", ...news }),
      "application/json",
    );
  }

  breaks() {
    this.reject(new TypeError("Failed to fetch"));
    return settled();
  }
}

/** The requests that were sent since a test asked last; from now on, `fetch` is this server's. */
export function fakeServer() {
  let requests = [];
  globalThis.fetch = (address, options) =>
    new Promise((resolve, reject) => {
      requests.push(new Request(address, options, { resolve, reject }));
    });
  return {
    /** The one request that was sent. */
    one() {
      const sent = this.all();
      if (sent.length !== 1) throw new Error(`${sent.length} requests, not one`);
      return sent[0];
    },
    all() {
      const sent = requests;
      requests = [];
      return sent;
    },
  };
}

/** An `EventSource` that is told what comes. */
export class FakeEventSource extends EventTarget {
  static CONNECTING = 0;
  static CLOSED = 2;
  static last;
  readyState = FakeEventSource.CONNECTING;
  #id = "";

  constructor(address) {
    super();
    this.path = address.pathname;
    this.query = Object.fromEntries(address.searchParams);
    FakeEventSource.last = this;
  }

  close() {
    this.readyState = FakeEventSource.CLOSED;
  }

  /** Reads a block; without an id of its own, an event has the last one. */
  receives({ event = "message", data, id }) {
    this.#id = id ?? this.#id;
    if (data === undefined || this.readyState === FakeEventSource.CLOSED) return settled();
    this.dispatchEvent(new MessageEvent(event, { data, lastEventId: this.#id }));
    return settled();
  }

  /** The stream broke off, and the browser opens it again by itself. */
  breaksOff() {
    this.onerror();
    return settled();
  }

  /** The answer's status was not 200: the browser gives up. */
  isRefused() {
    this.readyState = FakeEventSource.CLOSED;
    return this.breaksOff();
  }
}

/** A connection that notes what a way to listen tells it. */
export function notingConnection(cursor = "") {
  const told = [];
  const note =
    (name) =>
    (...values) =>
      told.push([name, ...values]);
  const noting = (...names) => Object.fromEntries(names.map((name) => [name, note(name)]));
  const inbox = { cursor, ...noting("heard", "cameTo", "missed") };
  const address = (path, query) => {
    const url = new URL(path, "http://localhost:8888/");
    for (const [name, value] of Object.entries(query)) {
      if (value !== "") url.searchParams.set(name, value);
    }
    return url;
  };
  return { told, inbox, address, ...noting("answered", "broke", "refused", "caughtUp") };
}

/** Stops the clock for a test; returns what turns it on by seconds. */
export function stopClock(t) {
  let now = 0; // milliseconds
  mock.timers.reset(); // perhaps the test has begun before
  mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(performance, "now", () => now);
  t.after(() => mock.timers.reset());
  return (seconds) => {
    now += seconds * 1000;
    mock.timers.tick(seconds * 1000);
    return settled();
  };
}

/** Waits until all that could happen by now has happened. */
export async function settled() {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
}
