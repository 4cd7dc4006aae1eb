// Long polling: the page asks for what is new, and the server holds its answer back until there is
// something to tell. So a message comes at once, at the price of one request each.
//
// A question that is held proves nothing: the line may be broken. So the first one, and the first after
// a failure, asks for an answer at once; and none is held for longer than a heartbeat would take.
//
// One that is not held, though nothing is new, is answered so because another request of this client
// listens now, or by something that does not wait. Asking on at once would end that other one, and
// would flood the server.

import { askForNews } from "../http/chat/page/asking.js";
import { HttpConnection } from "../http/chat/page/connection.js";
import { pause } from "../http/chat/page/request.js";

/** @import { Listening } from "../http/chat/page/connection.js" */
/** @import { Page } from "../page/connection.js" */

const HOLD = 5; // seconds that the server may hold an answer back
const SHORT_HOLD = 2; // the same once a held answer did not come: something between may end what is idle
const RETRY = 1000; // milliseconds
const NOT_HELD = 1000; // milliseconds after an answer that was not held, and had nothing new

/**
 * @param {Listening} connection
 * @param {AbortSignal} ended
 */
export async function pollLong(connection, ended) {
  let hold = HOLD;
  let wait = 0;
  while (!ended.aborted) {
    const asked = performance.now();
    const outcome = await askForNews(connection, ended, { wait });
    if (outcome === "no answer") {
      if (wait) hold = SHORT_HOLD;
      wait = 0;
      await pause(RETRY, ended);
    } else {
      const isHeld = performance.now() - asked >= (wait * 1000) / 2;
      if (outcome === "nothing new" && !isHeld) await pause(NOT_HELD, ended);
      wait = hold;
    }
  }
}

/** @param {Page} page */
export function connectByLongPolling(page) {
  return new HttpConnection(page, pollLong);
}
