// The table of a server's connections.

import { make, put } from "../../front_end/dom.js";
import { ConnectionRows, columnsOf } from "./connection_rows.js";

/** @import { Actions } from "../shared/actions.js" */
/** @import { ServerAction, ServerSnapshot, ShownConnection } from "./messages.js" */

export class ConnectionTable {
  #caption = make("caption");
  #head = make("tr");
  #end = make("td");
  #tail = make("tbody", "", {}, make("tr", "", {}, this.#end));
  /** Numbers of connections, and their rows.
   * @type {Map<number, ConnectionRows>} */
  #known = new Map();
  table = make(
    "table",
    "lk-table",
    {},
    this.#caption,
    make("thead", "", {}, this.#head),
    this.#tail,
  );
  #id;
  #actions;
  #onDone;
  #onFocusLost;

  /**
   * @param {string} id  unique on the page
   * @param {Actions<ServerAction>} actions
   * @param {(done: string) => void} onDone  called with what was done, in words
   * @param {(next: HTMLElement | null) => void} onFocusLost  called when rows that had the
   *   focus leave the page, with those that come after them
   */
  constructor(id, actions, onDone, onFocusLost) {
    this.#id = id;
    this.#actions = actions;
    this.#onDone = onDone;
    this.#onFocusLost = onFocusLost;
  }

  /**
   * @param {ServerSnapshot} snapshot
   * @param {boolean} isLive
   */
  update({ hasRooms, connected, connections }, isLive) {
    if (!this.#head.childElementCount) this.#showHead(hasRooms);
    put(this.#caption, `Connected now: ${connected}`);
    this.#removeAllBut(new Set(connections.map((connection) => connection.number)));
    for (const connection of connections) {
      this.#rowsOf(connection, hasRooms).update(connection, isLive);
    }
    const more = connected - connections.length;
    put(this.#end, connected ? `and ${more} more` : "Nobody.");
    this.#tail.hidden = connected > 0 && more <= 0;
  }

  /** @param {boolean} hasRooms */
  #showHead(hasRooms) {
    const names = columnsOf(hasRooms);
    const heads = names.map((name) => make("th", "", { scope: "col" }, name));
    const action = heads[names.indexOf("action")];
    action?.replaceChildren(make("span", "lk-hidden", {}, "action")); // the button says it
    action?.classList.add("lk-action");
    this.#head.append(...heads);
    this.#end.colSpan = names.length;
  }

  /** @param {Set<number>} present */
  #removeAllBut(present) {
    for (const [number, { body }] of this.#known) {
      if (present.has(number)) continue;
      const hadFocus = body.contains(document.activeElement);
      const next = body.nextElementSibling;
      body.remove();
      this.#known.delete(number);
      if (hadFocus)
        this.#onFocusLost(next instanceof HTMLElement && next !== this.#tail ? next : null);
    }
  }

  /**
   * @param {ShownConnection} connection
   * @param {boolean} hasRooms
   */
  #rowsOf(connection, hasRooms) {
    const known = this.#known.get(connection.number);
    if (known) return known;
    const rows = new ConnectionRows(connection, hasRooms, this.#id, this.#actions, this.#onDone);
    this.#known.set(connection.number, rows);
    this.#tail.before(rows.body);
    return rows;
  }
}
