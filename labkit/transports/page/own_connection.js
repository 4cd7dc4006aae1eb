// What a page tells of its own connection, in the words by which the server's view lists it. Only the
// server knows the name, so the page asks. What is no answer of a server of the lab's, or comes after
// the connection has ended, is as if the page had not asked.

import { clockTime, shortSid } from "../../front_end/connection_words.js";
import { plainText } from "../../front_end/untrusted.js";
import { addressWithKey } from "./page_key.js";

const NAMED_WITHIN = 10_000; // milliseconds
const LONGEST_NAME = 80; // characters

/**
 * Returns the name that the server has for the connection with a key, "" if it has not told one.
 *
 * @param {string} key
 * @param {AbortSignal} ended
 */
async function fetchName(key, ended) {
  try {
    const signal = AbortSignal.any([ended, AbortSignal.timeout(NAMED_WITHIN)]);
    const answer = await fetch(addressWithKey(key), {
      cache: "no-store",
      redirect: "error",
      signal,
    });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (answer.status !== 200 || !isJson) return "";
    const { name, ...others } = await answer.json();
    const isOne = typeof name === "string" && name.length <= LONGEST_NAME;
    return isOne && !Object.keys(others).length ? name : "";
  } catch {
    return ""; // no answer, no JSON, or an old browser
  }
}

export class OwnConnection {
  #asking = new AbortController();
  #key = "";
  #name = "";
  #since = "";
  #sid = "";
  #node;

  /** @param {HTMLElement} node */
  constructor(node) {
    this.#node = node;
  }

  /**
   * It is open.
   *
   * @param {string} key  by which the server knows it
   */
  opened(key) {
    this.ended();
    this.#key = key;
    this.#since = clockTime(Date.now() / 1000);
    this.#show();
    this.askName();
  }

  /** @param {string} sid  its session id, "" if it has none */
  showSid(sid) {
    this.#sid = sid;
    this.#show();
  }

  ended() {
    this.#asking.abort();
    this.#key = this.#name = this.#since = this.#sid = "";
    this.#show();
  }

  /** Asks for its name, and shows it when it comes. */
  async askName() {
    if (!this.#key) return; // the server has told no session id
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    // what the connection itself asks next goes first: something between may pass few requests at once
    await new Promise((resolve) => setTimeout(resolve));
    const name = signal.aborted ? "" : await fetchName(this.#key, signal);
    if (signal.aborted) return;
    this.#name = name;
    this.#show();
  }

  #show() {
    const name = this.#name && `You are ${this.#name}`;
    const since = this.#since && `since ${this.#since}`;
    const sid = this.#sid && `sid ${shortSid(this.#sid)}`;
    this.#node.textContent = plainText([name, since, sid].filter(Boolean).join(", "));
  }
}
