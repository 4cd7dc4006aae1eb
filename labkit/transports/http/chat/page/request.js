// One request and its answer, within a time: `fetch` alone may wait for ever.

import { describeRefusal } from "../../../page/refusals.js";

/**
 * What became of a request.
 *
 * @typedef {object} Answer
 * @property {any} [content]  what the server tells, if it tells anything
 * @property {string} problem  why it is not an answer to go by, "" if it is
 * @property {boolean} isFinal  whether it makes no sense to ask the same again
 */

const SILENCE = 10; // seconds without an answer until one need not wait for it: two heartbeats
const PASSING = [408, 429]; // refusals that pass: "request timeout", "too many requests"

const FOREIGN = // which may pass
  "A web page answers in place of this chat's server: perhaps you are no longer logged in.";

/**
 * Sends a request and waits for the whole answer.
 *
 * @param {string} method
 * @param {URL} address
 * @param {AbortSignal} ended  gives up: there is nobody left who wants the answer
 * @param {string} [body]
 * @returns {Promise<Answer>}
 */
export async function request(method, address, ended, body) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), SILENCE * 1000);
  const signal = AbortSignal.any([ended, late.signal]);
  try {
    const options = /** @type {const} */ ({ cache: "no-store", redirect: "manual" });
    return await judge(method, await fetch(address, { method, body, signal, ...options }));
  } catch {
    const isLate = late.signal.aborted;
    const problem = isLate ? `No answer came for ${SILENCE} s.` : await describeRefusal(null);
    return { problem, isFinal: false };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Judges an answer as Python's client does. A server of the lab takes what is said with 204, answers a
 * question with JSON, and never redirects: whatever else says "yes" is somebody else's, and took nothing.
 *
 * @param {string} method
 * @param {Response} answer
 * @returns {Promise<Answer>}
 */
async function judge(method, answer) {
  const { status, ok, type } = answer;
  if (status === 204) return { problem: "", isFinal: false };
  const isRedirect = type === "opaqueredirect"; // of which a page may know no more
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  if (isRedirect || (ok && (method !== "GET" || status !== 200 || !isJson))) {
    return { problem: FOREIGN, isFinal: false };
  }
  const isRefused = status >= 400 && status < 500 && !PASSING.includes(status);
  if (!ok) return { problem: await describeRefusal(answer), isFinal: isRefused };
  return { content: await answer.json(), problem: "", isFinal: false };
}

/**
 * Waits some milliseconds, or until an end.
 *
 * @param {number} milliseconds
 * @param {AbortSignal} ended
 * @returns {Promise<void>}
 */
export function pause(milliseconds, ended) {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      ended.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    ended.addEventListener("abort", finish);
    if (ended.aborted) finish();
  });
}
