// One question, "what is new?", and what comes of its answer: for short and for long polling.

import { isId, isLost, isMessage, NO_CHAT } from "./news.js";
import { request } from "./request.js";

/** @import { Listening } from "./connection.js" */

/** @typedef {"news" | "nothing new" | "no answer"} Outcome */

/**
 * Asks for what was said since the cursor.
 *
 * @param {Listening} connection
 * @param {AbortSignal} ended
 * @param {Record<string, number>} [how]  further parameters of the question
 * @returns {Promise<Outcome>}
 */
export async function askForNews(connection, ended, how = {}) {
  const address = connection.address("messages", { after: connection.inbox.cursor, ...how });
  const { content, problem, isFinal } = await request("GET", address, ended);
  if (ended.aborted) return "no answer";
  if (problem) {
    if (isFinal) connection.refused(problem);
    else connection.broke(problem);
    return "no answer";
  }
  if (content !== undefined && !isNews(content)) {
    connection.broke(NO_CHAT);
    return "no answer";
  }
  connection.answered();
  if (content) takeNews(connection, content);
  if (!ended.aborted) connection.caughtUp();
  return content ? "news" : "nothing new";
}

/** @param {any} content  of an answer */
function isNews(content) {
  const { messages, next, lost = 0 } = content ?? {};
  return Array.isArray(messages) && messages.every(isMessage) && isId(next) && isLost(lost);
}

/**
 * @param {Listening} connection
 * @param {any} content
 */
function takeNews(connection, { messages, next, lost }) {
  if (lost !== undefined) connection.inbox.missed(lost);
  for (const message of messages) connection.inbox.heard(message);
  connection.inbox.cameTo(next);
}
