// Short polling: the page asks for what is new, again and again, and mostly hears that there is nothing.
//
// A message waits until the next question. Nothing tells that the line is broken until then, and each
// question costs a request, whether anything was said or not.

import { askForNews } from "../http/chat/page/asking.js";
import { HttpConnection } from "../http/chat/page/connection.js";
import { pause } from "../http/chat/page/request.js";

/** @import { Listening } from "../http/chat/page/connection.js" */
/** @import { Page } from "../page/connection.js" */

const INTERVAL = 1000; // milliseconds between two questions; a browser makes it longer in hidden tabs

/**
 * @param {Listening} connection
 * @param {AbortSignal} ended
 */
async function poll(connection, ended) {
  while (!ended.aborted) {
    await askForNews(connection, ended);
    await pause(INTERVAL, ended);
  }
}

/** @param {Page} page */
export function connectByPolling(page) {
  return new HttpConnection(page, poll);
}
