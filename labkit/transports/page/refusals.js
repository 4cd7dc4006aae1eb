// Why a page does not get what it asked its server for.
//
// A server of the lab refuses with a sentence, as plain text. What stands between the two (Jupyter's
// proxy, a hub) refuses with a page of its own, which is not quoted.

/**
 * Returns why an answer is none to go by, "" if it is one.
 *
 * @param {Response | null} answer  null if nothing answered
 */
export async function describeRefusal(answer) {
  if (!answer) return "Nothing answers at this page's address.";
  if (answer.ok) return "";
  const isFromServer = answer.headers.get("Content-Type")?.startsWith("text/plain");
  if (!isFromServer) return `No server answers behind the proxy (${answer.status}).`;
  const sentence = (await answer.text()).trim().replace(/\.$/, "");
  return `The server refuses with ${answer.status}: ${sentence}.`;
}
