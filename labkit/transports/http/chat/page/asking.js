// One question, "what is new?", and what comes of its answer: for short and for long polling.

import { request } from "./request.js";

/** @import { Listening } from "./connection.js" */

/**
 * Asks for what was said since the cursor, and returns whether an answer came.
 *
 * @param {Listening} connection
 * @param {AbortSignal} ended
 * @param {Record<string, number>} [how]  further parameters of the question
 */
export async function askForNews(connection, ended, how = {}) {
  const address = connection.address("messages", { after: connection.inbox.cursor, ...how });
  const { content, problem, isFinal } = await request("GET", address, ended);
  if (ended.aborted) return false;
  if (isFinal) connection.refused(problem);
  else if (problem) connection.broke(problem);
  else {
    connection.answered();
    if (content) takeNews(connection, content);
    if (!ended.aborted) connection.caughtUp();
  }
  return !problem;
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
