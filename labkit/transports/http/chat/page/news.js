// What a chat's server sends down, read strictly: something between may answer in its place, or change
// what it says. A page that believed it would show nonsense, or move its cursor past what was said.

export const NO_CHAT = "What answers in place of this chat's server is not a chat.";

/**
 * Returns what JSON says; undefined, which is nothing of the below, if it is none.
 *
 * @param {string} json
 * @returns {any}
 */
export function readJson(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/**
 * Whether it is a message, with an id or for this client alone.
 *
 * @param {any} message
 */
export function isMessage(message) {
  const { id, text, base64 } = message ?? {};
  const isBytes = typeof base64 === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(base64);
  return (id === undefined || isId(id)) && (typeof text === "string" || isBytes);
}

/**
 * Whether it is a cursor: an epoch and a number.
 *
 * @param {any} id
 */
export function isId(id) {
  return typeof id === "string" && /^[0-9a-f]{8}-[0-9]{1,15}$/.test(id);
}

/**
 * Whether it is how many messages are lost at most; null if nobody knows.
 *
 * @param {any} count
 */
export function isLost(count) {
  return count === null || (Number.isInteger(count) && count >= 0);
}

/**
 * Whether it is after how many seconds the next heartbeat is due.
 *
 * @param {any} seconds
 */
export function isHeartbeat(seconds) {
  return Number.isFinite(seconds) && seconds > 0;
}
