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

import { HttpConnection } from "../http/connection.js";
import { pause } from "../http/request.js";

/** @import { Page } from "../page/connection.js" */

const HEARTBEAT = 5; // seconds between two heartbeats, until the server says how many
const REOPEN = 1000; // milliseconds

const REFUSED = "The server answers, but the event stream is refused, and the browser hides why.";

/**
 * @param {HttpConnection} connection
 * @param {AbortSignal} ended
 */
export async function listenToStream(connection, ended) {
  while (!ended.aborted) {
    const silence = await followStream(connection, ended);
    if (ended.aborted) return;
    if (silence) {
      connection.broke(`Nothing came for ${silence} seconds, not even a heartbeat.`);
    } else {
      const problem = await connection.ask(ended);
      if (ended.aborted) return;
      connection.broke(problem || REFUSED);
      await pause(REOPEN, ended);
    }
  }
}

/**
 * Follows a stream until the connection ends, the browser gives it up, or nothing comes any more.
 *
 * @param {HttpConnection} connection
 * @param {AbortSignal} ended
 * @returns {Promise<number>} the seconds of silence, 0 if it was not silent
 */
function followStream(connection, ended) {
  const source = new EventSource(connection.address("events", { after: connection.cursor }));
  let heartbeat = HEARTBEAT;
  let timer = 0;
  return new Promise((resolve) => {
    const finish = (silence = 0) => {
      clearTimeout(timer);
      source.close();
      resolve(silence);
    };
    const awaitMore = () => {
      clearTimeout(timer);
      const silence = 2 * heartbeat;
      timer = setTimeout(finish, silence * 1000, silence);
    };
    /**
     * @param {string} name
     * @param {(data: any, id: string) => void} take
     */
    const on = (name, take) =>
      source.addEventListener(name, ({ data, lastEventId }) => {
        connection.answered();
        take(JSON.parse(data), lastEventId);
        if (!ended.aborted) awaitMore();
      });
    on("message", (message, id) => connection.heard({ ...message, id }));
    on("private", (message) => connection.heard(message));
    on("lost", (count, id) => {
      connection.cameTo(id);
      connection.missed(count);
    });
    on("heartbeat", (seconds, id) => {
      heartbeat = seconds;
      connection.cameTo(id);
      connection.caughtUp();
    });
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) return finish();
      connection.broke("The event stream broke off.");
      return awaitMore();
    };
    ended.addEventListener("abort", () => finish());
    awaitMore();
  });
}

/** @param {Page} page */
export function connectByEvents(page) {
  return new HttpConnection(page, listenToStream);
}
