// A client of a chat over HTTP: a name of its own, drawn by chance, which is in each of its addresses
// (an `EventSource` can set no header). By it the server knows that requests are one client's. Who
// reads it in a log can pass for the client.

import { drawKey } from "../../../page/page_key.js";
import { addressOf } from "./address.js";
import { request } from "./request.js";

/** @import { Answer } from "./request.js" */

export class Client {
  name = drawKey();

  /**
   * @param {string} path
   * @param {Record<string, string | number>} [query]
   */
  address(path, query) {
    return addressOf(path, { client: this.name, ...query });
  }

  /**
   * Posts a message once. With number 0 it says nothing, and shows that posts arrive.
   *
   * @param {number} number
   * @param {string} text
   * @param {AbortSignal} ended
   * @returns {Promise<Answer>}
   */
  post(number, text, ended) {
    return request("POST", this.address("messages", { number }), ended, text);
  }

  /** Tells the server that it leaves, also while the page goes. */
  async leave() {
    const address = addressOf(`clients/${this.name}`);
    await fetch(address, { method: "DELETE", keepalive: true }).catch(() => {}); // nobody would know
  }
}
