// One question, "what is new?", and what comes of its answer: for short and for long polling.

import { request } from "./request.js";

/** @import { Listening } from "./connection.js" */

const NO_NEWS = "What answers in place of this chat's server is not a chat.";

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
    connection.broke(NO_NEWS);
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
  const isCount = lost === null || Number.isInteger(lost);
  return Array.isArray(messages) && messages.every(isMessage) && isId(next) && isCount;
}

/** @param {any} message */
function isMessage(message) {
  const { id, text, base64 } = message ?? {};
  const isBytes = typeof base64 === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(base64);
  return (id === undefined || isId(id)) && (typeof text === "string" || isBytes);
}

/** @param {any} id */
function isId(id) {
  return typeof id === "string" && /^[0-9a-f]{8}-[0-9]{1,15}$/.test(id);
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
