// The browser's own WebSocket and nothing else.

/** @import { Connection, Page } from "../page/connection.js" */

/** @implements {Connection} */
class RawConnection {
  #page;
  #socket;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    this.#socket = this.#open();
  }

  get isOpen() {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  connect() {
    this.#socket = this.#open();
  }

  /** @param {string} text */
  say(text) {
    this.#socket.send(text);
  }

  #open() {
    const address = new URL(".", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    address.search = location.search; // a server may want the token that stands there
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#page.showState("open");
    socket.onmessage = ({ data }) => {
      const isText = typeof data === "string";
      const text = isText ? data : `${data.byteLength} bytes of binary data`;
      this.#page.add({ kind: "heard", text });
    };
    socket.onclose = ({ code, reason }) => {
      const why = reason ? ` (${reason})` : "";
      this.#page.add({ kind: "note", text: `Closed with ${code}${why}.` });
      this.#page.showState("closed");
    };
    return socket;
  }
}

/** @param {Page} page */
export function connectRaw(page) {
  return new RawConnection(page);
}
