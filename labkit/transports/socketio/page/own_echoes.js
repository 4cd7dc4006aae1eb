// Which of the messages that come are echoes of one's own.
//
// The server of the course sends a message to its sender, too; others skip the sender. Nothing in an
// echo says that it is one. But a server that echoes does so before it acknowledges, on the same
// connection, where order is kept: what has the event and the arguments of a message that is not
// acknowledged yet is its echo, and after the acknowledgement no echo of it is expected. own_echoes.py
// does so for the boxes.

export class OwnEchoes {
  /** @type {Set<{ key: string }>} */
  #underWay = new Set();

  /**
   * Expects the echo of an event; returns what is to be called when it is acknowledged.
   *
   * @param {unknown[]} event  its name and arguments
   */
  expect(event) {
    const message = { key: JSON.stringify(event) };
    this.#underWay.add(message);
    return () => {
      this.#underWay.delete(message);
    };
  }

  /**
   * Whether an event is an echo, which is then no longer expected.
   *
   * @param {unknown[]} event
   */
  take(event) {
    const key = JSON.stringify(event);
    for (const message of this.#underWay) {
      if (message.key === key) return this.#underWay.delete(message);
    }
    return false;
  }
}
