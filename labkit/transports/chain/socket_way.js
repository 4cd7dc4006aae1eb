// The WebSocket of a fallback chain. Its frames are JSON, since they say what the requests of the other
// ways say: a message has an id, and what goes up has a number and is acknowledged (chain/frames.py).

import { isHeartbeat, isId, isLost, isMessage, NO_CHAT, readJson } from "../http/chat/page/news.js";
import { Silence } from "../http/chat/page/silence.js";

/** @import { Listening } from "../http/chat/page/connection.js" */
/** @import { Answer } from "../http/chat/page/request.js" */

const SENT_AWAY = 4410; // the server refuses this client from now on
const ANOTHER_WAY = 4001; // this client stays, and goes on in another way
const ACKNOWLEDGED_WITHIN = 10_000; // milliseconds

export class SocketWay {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Map<number, (problem: string) => void>} */
  #pending = new Map(); // by number, what is not acknowledged yet

  /**
   * Listens until it breaks or is told to end.
   *
   * @param {Listening} connection
   * @param {AbortSignal} ended
   */
  async listen(connection, ended) {
    const address = connection.address("ws", { after: connection.inbox.cursor });
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.#socket = socket;
    const silence = new Silence((seconds) => {
      connection.broke(`Nothing came for ${seconds} s, not even a heartbeat.`);
    });
    socket.onmessage = ({ data }) => {
      const frame = readJson(data);
      if (!isFrame(frame)) return connection.broke(NO_CHAT);
      silence.end();
      connection.answered();
      this.#take(frame, connection, silence);
    };
    socket.onclose = ({ code, reason }) => {
      const why = `The WebSocket closed with ${code}${reason && ` (${reason})`}.`;
      if (code === SENT_AWAY) connection.refused(why);
      else connection.broke(why);
    };
    ended.addEventListener("abort", () => {
      silence.stop();
      socket.onmessage = null; // nobody wants to know any more
      socket.onclose = null;
      socket.close(ANOTHER_WAY);
      for (const answer of this.#pending.values()) answer("The WebSocket ended.");
    });
  }

  /**
   * Sends a message, and waits until it is acknowledged.
   *
   * @param {number} number
   * @param {string} text
   * @returns {Promise<Answer>}
   */
  async post(number, text) {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) {
      return { problem: "The WebSocket is not open.", isFinal: false };
    }
    const problem = await new Promise((resolve) => {
      const late = "What went up was not acknowledged.";
      const timer = setTimeout(resolve, ACKNOWLEDGED_WITHIN, late);
      this.#pending.set(number, (why) => {
        clearTimeout(timer);
        resolve(why);
      });
      socket.send(JSON.stringify({ number, text }));
    });
    this.#pending.delete(number);
    return { problem, isFinal: false };
  }

  /**
   * @param {any} frame
   * @param {Listening} connection
   * @param {Silence} silence
   */
  #take(frame, connection, silence) {
    if ("ack" in frame) this.#pending.get(frame.ack)?.("");
    else if ("heartbeat" in frame) {
      silence.end(frame.heartbeat);
      connection.caughtUp();
    } else if ("lost" in frame) connection.inbox.missed(frame.lost);
    else if ("next" in frame) connection.inbox.cameTo(frame.next);
    else connection.inbox.heard(frame);
  }
}

/** @param {any} frame */
function isFrame(frame) {
  const { ack, heartbeat, lost, next } = frame ?? {};
  return (
    Number.isInteger(ack) ||
    isHeartbeat(heartbeat) ||
    isLost(lost) ||
    isId(next) ||
    isMessage(frame)
  );
}
