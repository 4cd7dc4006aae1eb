// Socket.IO by hand: what the page needs of the JavaScript client, over the browser's own WebSocket.
//
// A packet of Engine.IO begins with a digit: 0 open, 1 close, 2 ping, 3 pong, 4 message. A message
// goes on with a digit of Socket.IO's: 0 connect, 1 disconnect, 2 event, 3 acknowledgement,
// 4 connect error, 5 event with bytes, which follow in messages of their own. What is missing here
// is what the real client is for: coming back, polling, noticing silence, sending bytes.

// Type, number of attachments, namespace, id of an acknowledgement, JSON.
const PACKET = /^4(\d)(?:(\d+)-)?(?:\/[^,]*,)?(\d*)(.*)$/s;

/**
 * Takes a packet apart.
 *
 * @param {string} text
 */
export function readPacket(text) {
  const [, type = "", count = "", id = "", json = ""] = PACKET.exec(text) ?? [];
  return { type, attachments: Number(count), id, json };
}

/**
 * Puts attachments into the place of their placeholders.
 *
 * @param {string} json
 * @param {ArrayBuffer[]} attachments
 */
export function withAttachments(json, attachments) {
  return JSON.parse(json, (_, value) => (value?._placeholder ? attachments[value.num] : value));
}

/** @param {any} content */
const isEvent = (content) => Array.isArray(content) && typeof content[0] === "string";

/** Whether a packet of a type carries such a thing; the other types carry anything.
 * @type {Record<string, (content: any) => boolean>} */
const CARRIES = {
  0: (content) => content !== null && typeof content === "object",
  2: isEvent,
  3: Array.isArray,
  5: isEvent,
};

/**
 * Reads what a packet carries. Throws a SyntaxError if it is not what its type carries.
 *
 * @param {string} type
 * @param {string} json
 * @param {ArrayBuffer[]} [attachments]
 * @returns {any}
 */
function readContent(type, json, attachments = []) {
  const content = json ? withAttachments(json, attachments) : [];
  if (CARRIES[type]?.(content) === false) throw new SyntaxError(`type ${type} carries no ${json}`);
  return content;
}

/** It offers what connection.js uses of a socket of the JavaScript client. */
export class MinimalClient {
  connected = false;
  id = ""; // of its session
  active = false; // it never comes back by itself
  /** @type {Map<string, (...values: any[]) => void>} */
  #listeners = new Map();
  /** Acknowledgements that are awaited.
   * @type {Map<number, (error: Error | null, ...values: any[]) => void>} */
  #pending = new Map();
  #calls = 0;
  /** @type {string | undefined} */
  #reason;
  /** An event that waits for its attachments. */
  #unfinished = { json: "", id: "", missing: 0 };
  /** @type {ArrayBuffer[]} */
  #parts = [];
  #address;
  #line;

  /**
   * @param {string} path
   * @param {Record<string, string>} query
   */
  constructor(path, query) {
    const asked = new URLSearchParams({ ...query, EIO: "4", transport: "websocket" });
    this.#address = new URL(`${path}/?${asked}`, location.href);
    this.#address.protocol = this.#address.protocol.replace("http", "ws");
    this.#line = this.#open();
  }

  /**
   * @param {string} name
   * @param {(...values: any[]) => void} listener
   */
  on(name, listener) {
    this.#listeners.set(name, listener);
  }

  /** @param {(name: string, ...values: any[]) => void} listener */
  onAny(listener) {
    this.#listeners.set("any", listener);
  }

  connect() {
    this.#line = this.#open();
  }

  /** @param {number} milliseconds */
  timeout(milliseconds) {
    return {
      /**
       * @param {string} name
       * @param {any[]} rest  arguments, and last what is called with an error or the answer
       */
      emit: (name, ...rest) => {
        const id = this.#calls++;
        this.#pending.set(id, rest.pop());
        setTimeout(() => this.#settle(id, new Error("no answer")), milliseconds);
        this.#line.send(`42${id}${JSON.stringify([name, ...rest])}`);
      },
    };
  }

  #open() {
    this.#reason = undefined;
    const line = new WebSocket(this.#address);
    line.binaryType = "arraybuffer";
    line.onopen = () => this.#tell("open");
    line.onmessage = ({ data }) => this.#take(data);
    line.onclose = () => this.#ended();
    return line;
  }

  /**
   * @param {string} name
   * @param {any[]} values
   */
  #tell(name, ...values) {
    this.#listeners.get(name)?.(...values);
  }

  /** @param {string | ArrayBuffer} data */
  #take(data) {
    try {
      this.#read(data);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error; // a listener's own
      this.#reason = "parse error";
      this.#line.close();
    }
  }

  /** @param {string | ArrayBuffer} data */
  #read(data) {
    if (typeof data !== "string") this.#attach(data);
    else if (data[0] === "0")
      this.#line.send("40"); // join the namespace "/"
    else if (data[0] === "2")
      this.#line.send("3"); // who leaves pings unanswered is thrown out
    else this.#readPacket(readPacket(data));
  }

  /** @param {ReturnType<typeof readPacket>} packet */
  #readPacket({ type, attachments, id, json }) {
    const content = type === "5" ? [] : readContent(type, json);
    if (type === "0") {
      this.connected = true;
      this.id = String(content.sid ?? "");
      this.#tell("connect");
    } else if (type === "1") {
      this.#reason = "io server disconnect";
      this.#line.close();
    } else if (type === "2") this.#happened(content, id);
    else if (type === "3") this.#settle(Number(id), null, ...content);
    else if (type === "4") {
      this.#reason = "";
      this.#tell("connect_error", content);
      this.#line.close();
    } else if (type === "5") {
      this.#unfinished = { json, id, missing: attachments };
      this.#parts = [];
    }
  }

  /** @param {ArrayBuffer} bytes */
  #attach(bytes) {
    this.#parts.push(bytes);
    const { json, id, missing } = this.#unfinished;
    if (this.#parts.length === missing) this.#happened(readContent("5", json, this.#parts), id);
  }

  /**
   * @param {any[]} content
   * @param {string} id  of the acknowledgement that is wanted, "" for none
   */
  #happened(content, id) {
    const [name, ...values] = content;
    if (id) {
      values.push((/** @type {any[]} */ ...answer) => {
        this.#line.send(`43${id}${JSON.stringify(answer)}`);
      });
    }
    this.#tell("any", name, ...values);
  }

  /**
   * @param {number} id
   * @param {Error | null} error
   * @param {any[]} values
   */
  #settle(id, error, ...values) {
    const settle = this.#pending.get(id);
    this.#pending.delete(id);
    settle?.(error, ...values);
  }

  #ended() {
    const was = this.#reason ?? (this.connected ? "transport close" : "");
    this.connected = false;
    for (const id of [...this.#pending.keys()]) {
      this.#settle(id, new Error("the connection has ended"));
    }
    if (was) this.#tell("disconnect", was);
    else if (this.#reason === undefined) this.#tell("connect_error", new Error("no WebSocket"));
  }
}
