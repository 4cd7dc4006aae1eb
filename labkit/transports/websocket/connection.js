// The browser's own WebSocket and nothing else.
//
// Jupyter's proxy (jupyter-server-proxy) accepts each WebSocket before it dials the server, and ends
// it without the server's close code, so what the browser reports there needs care.

import { addressWithKey, drawKey } from "../page/page_key.js";
import { describeRefusal } from "../page/refusals.js";

/** @import { Connection, Page } from "../page/connection.js" */

const NO_CODE = 1005; // what a browser reports for a close frame without a code

/** Returns whether this page came through a proxy such as Jupyter's: a server's own path is "/". */
function isProxied() {
  return location.pathname.includes("/proxy/");
}

/** Asks the server itself for this page, and returns why it cannot be had, "" if it can. */
async function askServer() {
  return describeRefusal(await fetch(location.href, { cache: "no-store" }).catch(() => null));
}

/** @implements {Connection} */
class RawConnection {
  key = "";
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
    this.key = drawKey();
    const address = addressWithKey(this.key);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => (isProxied() ? this.#confirm(socket) : this.#page.showState("open"));
    socket.onmessage = ({ data }) => {
      const isText = typeof data === "string";
      const text = isText ? data : `${data.byteLength} bytes of binary data`;
      this.#page.add({ kind: "heard", text });
    };
    socket.onclose = (end) => this.#showEnd(end);
    return socket;
  }

  /** @param {Pick<CloseEvent, "code" | "reason">} end */
  #showEnd({ code, reason }) {
    const why = reason ? ` (${reason})` : "";
    const text =
      code === NO_CODE && isProxied()
        ? "Closed (the proxy hides the code; the box in the notebook shows it)."
        : `Closed with ${code}${why}.`;
    this.#showClosed(text);
  }

  /** @param {string} text */
  #showClosed(text) {
    this.#page.add({ kind: "note", text });
    this.#page.showState("closed");
  }

  /**
   * Shows a WebSocket as open once the server has answered, not only the proxy before it. If it
   * ends before that, the answer says why.
   *
   * @param {WebSocket} socket
   */
  async #confirm(socket) {
    /** @type {CloseEvent | null} */
    let end = null;
    socket.onclose = (event) => {
      end = event;
    };
    const refusal = await askServer();
    if (refusal) {
      socket.onclose = null; // its code would be this page's own
      socket.close();
      this.#showClosed(refusal);
    } else if (end) {
      this.#showEnd(end);
    } else {
      socket.onclose = (event) => this.#showEnd(event);
      this.#page.showState("open");
    }
  }
}

/** @param {Page} page */
export function connectRaw(page) {
  return new RawConnection(page);
}
