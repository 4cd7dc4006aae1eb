// Server-sent events: the server's one answer never ends, and each message is an event in it. What one
// says oneself goes up in requests of its own.
//
// The browser's `EventSource` reads the events, opens the stream again if it breaks off, and then states
// the last id that it has read (`Last-Event-ID`). It leaves three things to the page:
//
// - It says that it is open once the head of the answer is there. Something between may hold all the
//   rest back, so the page waits for the first event.
// - It never notices silence. The server sends a heartbeat, an event since comments do not reach a page,
//   and says how many seconds later the next one is due.
// - Refused once (any status but 200), it gives up and does not say why. The page asks the server.

import { HttpConnection } from "../http/chat/page/connection.js";
import { isHeartbeat, isId, isLost, isMessage, NO_CHAT, readJson } from "../http/chat/page/news.js";
import { pause } from "../http/chat/page/request.js";
import { Silence } from "../http/chat/page/silence.js";

/** @import { Listening } from "../http/chat/page/connection.js" */
/** @import { Page } from "../page/connection.js" */

const REOPEN = 1000; // milliseconds

const REFUSED = "The server answers, but the event stream is refused, and the browser hides why.";

/**
 * @param {Listening} connection
 * @param {AbortSignal} ended
 */
export async function listenToStream(connection, ended) {
  while (!ended.aborted) {
    const why = await followStream(connection, ended);
    if (ended.aborted) return;
    const problem = why || (await connection.ask(ended));
    if (ended.aborted) return;
    connection.broke(problem || REFUSED);
    await pause(REOPEN, ended);
  }
}

/**
 * Follows a stream until the connection ends, the browser gives it up, or it is good for nothing.
 *
 * @param {Listening} connection
 * @param {AbortSignal} ended
 * @returns {Promise<string>} why it is good for nothing, "" in the other cases
 */
function followStream(connection, ended) {
  const { inbox } = connection;
  const source = new EventSource(connection.address("events", { after: inbox.cursor }));
  return new Promise((resolve) => {
    const finish = (why = "") => {
      silence.stop();
      source.close();
      ended.removeEventListener("abort", onEnd);
      resolve(why);
    };
    const onEnd = () => finish();
    const silence = new Silence((seconds) => {
      finish(`Nothing came for ${seconds} s, not even a heartbeat.`);
    });
    /**
     * @param {string} name
     * @param {(content: any) => boolean} isRight
     * @param {(content: any, id: string) => void} take
     */
    const on = (name, isRight, take) =>
      source.addEventListener(name, ({ data, lastEventId: id }) => {
        const content = readJson(data);
        if (!isRight(content) || !(id === "" || isId(id))) return finish(NO_CHAT);
        silence.end();
        connection.answered();
        take(content, id);
      });
    on("message", isMessage, (message, id) => inbox.heard({ ...message, id }));
    on("private", isMessage, (message) => inbox.heard(message));
    on("lost", isLost, (count, id) => {
      inbox.cameTo(id);
      inbox.missed(count);
    });
    on("heartbeat", isHeartbeat, (seconds, id) => {
      silence.end(seconds);
      inbox.cameTo(id);
      connection.caughtUp();
    });
    source.onerror = () => {
      silence.end();
      if (source.readyState === EventSource.CLOSED) finish();
      else connection.broke("The event stream broke off.");
    };
    ended.addEventListener("abort", onEnd);
  });
}

/** @param {Page} page */
export function connectByEvents(page) {
  return new HttpConnection(page, listenToStream);
}
