// A probe of a better way: it is proved for a client of its own, who leaves at once. So one's own client
// goes on undisturbed on the way that works; of its requests that listen, the server ends the older one.

import { Client } from "../http/chat/page/client.js";
import { Inbox } from "../http/chat/page/inbox.js";
import { pause } from "../http/chat/page/request.js";
import { Attempt } from "./attempt.js";

/** @import { Break, Way } from "./attempt.js" */

const LEAVE_WITHIN = 2000; // milliseconds

/** A client whom nothing is shown. */
class Nobody extends Client {
  inbox = new Inbox(
    () => {},
    () => {},
  );

  caughtUp() {}
}

/**
 * Returns why a way does not work now, or null.
 *
 * @param {Way} way
 * @param {AbortSignal} ended
 * @returns {Promise<Break | null>}
 */
export async function probe(way, ended) {
  const nobody = new Nobody();
  const attempt = new Attempt(nobody, way, ended);
  const refusal = await attempt.prove();
  if (!refusal) await Promise.race([nobody.leave(), pause(LEAVE_WITHIN, ended)]);
  attempt.stop();
  return refusal;
}
