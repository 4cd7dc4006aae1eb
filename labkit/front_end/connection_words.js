// How the view of a server and the chat page tell a connection: in the same words, so that one finds
// the page's in the view. No protocol tells a client its number at the server.

/**
 * The time at which it was opened.
 *
 * @param {number} seconds  in Unix seconds
 */
export function clockTime(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString();
}

/** @param {string} sid  its session id */
export function shortSid(sid) {
  return sid.length > 9 ? `${sid.slice(0, 8)}…` : sid;
}
