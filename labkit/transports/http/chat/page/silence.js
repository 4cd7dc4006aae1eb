// Silence: nothing came for two heartbeats. Neither an `EventSource` nor a `WebSocket` ever notices it,
// so the page has a clock of its own.

const HEARTBEAT = 5; // seconds between two heartbeats, until the server says how many

export class Silence {
  #heartbeat = HEARTBEAT;
  #timer = 0;
  #onSilent;

  /** @param {(seconds: number) => void} onSilent  is called with its length */
  constructor(onSilent) {
    this.#onSilent = onSilent;
    this.end();
  }

  /**
   * Something came: it begins anew.
   *
   * @param {number} [heartbeat]  seconds until the next heartbeat is due
   */
  end(heartbeat = this.#heartbeat) {
    this.#heartbeat = heartbeat;
    clearTimeout(this.#timer);
    const seconds = 2 * heartbeat;
    this.#timer = setTimeout(() => this.#onSilent(seconds), seconds * 1000);
  }

  /** Nobody listens any more. */
  stop() {
    clearTimeout(this.#timer);
  }
}
