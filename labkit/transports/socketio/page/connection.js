// A connection over Socket.IO: by the JavaScript client if it is installed, by hand if not.

import { make } from "../../../front_end/dom.js";
import { MinimalClient } from "./minimal_client.js";
import { OwnEchoes } from "./own_echoes.js";

/** @import { Connection, Line, Page, SendStatus } from "../../page/connection.js" */

/**
 * What is used of the JavaScript client (socket.io-client).
 *
 * @typedef {object} Socket
 * @property {boolean} connected
 * @property {boolean} active
 * @property {string} [id]  its session id while it is connected
 * @property {() => void} connect
 * @property {(name: string, listener: (...values: any[]) => void) => void} on
 * @property {(listener: (name: string, ...values: any[]) => void) => void} onAny
 * @property {(milliseconds: number) => { emit: (name: string, ...rest: any[]) => void }} timeout
 * @property {any} [io]  its manager
 */

const ACK_TIMEOUT = 5000; // milliseconds for an acknowledgement

/** @type {Record<string, string>} */
const REASONS = {
  "io server disconnect": "The server ended it, and said so",
  "io client disconnect": "This page ended it",
  "ping timeout": "Nothing came from the server for too long",
  "transport close": "The connection ended without a disconnect packet",
  "transport error": "The connection broke",
  "parse error": "A packet came that nobody can read",
};

/**
 * Returns a value in words, bytes by their number.
 *
 * @param {unknown} value
 */
export function described(value) {
  const bytes = (/** @type {unknown} */ data) =>
    data instanceof ArrayBuffer ? `${data.byteLength} bytes of binary data` : "";
  return bytes(value) || JSON.stringify(value, (_, inner) => bytes(inner) || inner);
}

/**
 * Returns an event as the line to show.
 *
 * @param {string} name
 * @param {unknown[]} values
 * @returns {Line}
 */
export function lineOf(name, values) {
  const [first, second] = values;
  if (name === "chat message" && values.length === 1) {
    return { kind: "heard", text: typeof first === "string" ? first : described(first) };
  }
  if (name === "room message" && values.length === 2 && typeof second === "string") {
    return { kind: "heard", text: second, room: String(first) };
  }
  return { kind: "event", text: `${name}(${values.map(described).join(", ")})` };
}

/** @implements {Connection} */
class SocketIOConnection {
  #echoes = new OwnEchoes();
  /** @type {string[]} */
  #rooms = [];
  #lastError = "";
  #wasOpen = false;
  #page;
  #socket;

  /**
   * @param {Page} page
   * @param {Socket} socket
   */
  constructor(page, socket) {
    this.#page = page;
    this.#socket = socket;
    socket.onAny((name, ...values) => this.#onEvent(name, values));
    socket.on("connect", () => this.#onConnect());
    socket.on("disconnect", (reason) => this.#onDisconnect(reason));
    socket.on("connect_error", ({ message }) => {
      if (message !== this.#lastError)
        page.add({ kind: "note", text: `Cannot connect: ${message}.` });
      this.#lastError = message; // the same reason is not repeated with each attempt
      if (!socket.active) page.showState("closed");
    });
  }

  get isOpen() {
    return this.#socket.connected;
  }

  get key() {
    return this.#socket.id ?? "";
  }

  connect() {
    this.#socket.connect();
  }

  /**
   * @param {string} text
   * @param {string} room
   * @param {(status: SendStatus) => void} mark
   */
  say(text, room, mark) {
    const [name, ...rest] = room ? ["room message", room, text] : ["chat message", text];
    const acknowledged = this.#echoes.expect([name, ...rest]);
    mark("sending");
    this.#emit(name, ...rest, (/** @type {Error | null} */ error) => {
      acknowledged();
      mark(error ? "failed" : "acknowledged");
    });
  }

  /**
   * @param {"join" | "leave"} event
   * @param {string} room
   * @returns {Promise<boolean>}
   */
  move(event, room) {
    return new Promise((resolve) => {
      this.#emit(event, room, (/** @type {Error | null} */ error, /** @type {unknown} */ told) => {
        if (error) {
          const perhaps = "Perhaps this server has no handler for it.";
          this.#page.add({ kind: "note", text: `“${event}” was not acknowledged. ${perhaps}` });
        } else {
          const others = this.#rooms.filter((known) => known !== room);
          const expected = event === "join" ? [...others, room] : others;
          this.#showRooms(Array.isArray(told) ? told.map(String) : expected);
        }
        resolve(!error);
      });
    });
  }

  /**
   * @param {string} name
   * @param {any[]} rest
   */
  #emit(name, ...rest) {
    this.#socket.timeout(ACK_TIMEOUT).emit(name, ...rest);
  }

  /** @param {string[]} rooms */
  #showRooms(rooms) {
    this.#rooms = rooms;
    this.#page.showRooms(rooms);
  }

  /**
   * @param {string} name
   * @param {any[]} values
   */
  #onEvent(name, values) {
    if (typeof values.at(-1) === "function") values.pop()(); // the server asks whether it came
    const isEcho = this.#echoes.take([name, ...values]);
    this.#page.add({ ...lineOf(name, values), isEcho });
  }

  #onConnect() {
    if (this.#wasOpen) this.#page.add({ kind: "note", text: "Connected again." });
    this.#lastError = "";
    this.#wasOpen = true;
    this.#page.showState("open");
    this.#page.showSid(this.#socket.id ?? "");
  }

  /** @param {string} reason */
  #onDisconnect(reason) {
    const { active } = this.#socket;
    const why = `${REASONS[reason] ?? "The connection ended"} (${reason}).`;
    const back = `The client ${active ? "comes" : "does not come"} back by itself`;
    const lost = this.#rooms.length ? "; your rooms are lost" : "";
    this.#page.add({ kind: "note", text: `${why} ${back}${lost}.` });
    this.#page.showTransport("");
    this.#showRooms([]);
    this.#page.showState(active ? "reconnecting" : "closed");
  }
}

/**
 * Shows what the client tells beyond what one does by hand.
 *
 * @param {Page} page
 * @param {any} manager
 */
function followManager(page, manager) {
  manager.on("open", () => {
    const { engine } = manager;
    page.showTransport(engine.transport.name);
    engine.on("upgrade", (/** @type {{ name: string }} */ { name }) => page.showTransport(name));
  });
  manager.on("reconnect_attempt", (/** @type {number} */ attempt) => {
    page.showState("reconnecting", ` (attempt ${attempt})`);
  });
}

/** @param {Page} page */
export function connectSocketIO(page) {
  const path = `${location.pathname.replace(/[^/]*$/, "")}socket.io`;
  const token = new URLSearchParams(location.search).get("token"); // of a server that wants one
  /** @type {Record<string, string>} */
  const query = token === null ? {} : { token };
  const client = /** @type {{ io?: (options: object) => Socket }} */ (globalThis).io;
  const socket = client ? client({ path, query }) : new MinimalClient(path, query);
  if (client) followManager(page, /** @type {Socket} */ (socket).io);
  else {
    page.showHint(
      "The JavaScript client of Socket.IO is not installed; this page speaks its protocol by hand " +
        "over a raw WebSocket. (The raw chat, without Socket.IO, is ",
      make("code", "", {}, 'lab.serve("websocket")'),
      ".)",
    );
    socket.on("open", () => page.showTransport("websocket, by hand"));
  }
  return new SocketIOConnection(page, socket);
}
