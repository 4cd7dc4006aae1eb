// The rows of one connection in a server's table. They stay the same while it stays, so that
// updates take neither the focus nor what is being typed there.

import { make, put } from "../../front_end/dom.js";
import { RoomForm } from "./room_form.js";

/** @import { Actions } from "../shared/actions.js" */
/** @import { ServerAction, ShownConnection, ShownPlace } from "./messages.js" */

export const COLUMNS = ["who", "transport", "since", "messages"];
export const PLACE_COLUMNS = ["namespace", "sid", "rooms"];

/** @param {number} seconds */
export function timeOf(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString();
}

/**
 * Returns as many cells as PLACE_COLUMNS has names.
 *
 * @param {ShownPlace | undefined} place
 */
function placeCells(place) {
  if (!place) return PLACE_COLUMNS.map(() => make("td"));
  const short = place.sid.length > 9 ? `${place.sid.slice(0, 8)}…` : place.sid;
  return [
    make("td", "lk-namespace", {}, place.shown),
    make("td", "lk-sid", { title: place.sid }, short),
    make("td", "lk-in-rooms", {}, place.rooms.join(", ") || "none"),
  ];
}

export class ConnectionRows {
  #transport = make("td");
  #since = make("td");
  #received = make("td", "lk-received");
  #leaving = false;
  #shown = "";
  /** @type {HTMLElement[]} */
  #places = [];
  #connection;
  #actions;
  #onDone;
  #who;
  #leave;
  #first;
  #form;

  /**
   * @param {ShownConnection} connection
   * @param {boolean} hasRooms
   * @param {string} id  unique on the page
   * @param {Actions<ServerAction>} actions
   * @param {(done: string) => void} onDone  called with what was done, in words
   */
  constructor(connection, hasRooms, id, actions, onDone) {
    const { name } = connection;
    this.#connection = connection;
    this.#actions = actions;
    this.#onDone = onDone;
    this.#form = hasRooms
      ? new RoomForm(connection, id, (namespace, room, into) => this.#move(namespace, room, into))
      : null;
    this.#who = make("th", "", { scope: "row" }, name);
    const button = { type: "button", "aria-label": `Disconnect ${name}` };
    this.#leave = make("button", "", button, "Disconnect");
    this.#leave.addEventListener("click", () => this.#disconnect());
    this.#first = make("tr", "", {}, this.#who, this.#transport, this.#since, this.#received);
    const columns = COLUMNS.length + (hasRooms ? PLACE_COLUMNS.length : 0);
    const form = this.#form ? [this.#form.form] : [];
    const cell = make(
      "td",
      "lk-action",
      { colspan: columns },
      make("div", "lk-actions", {}, ...form, this.#leave),
    );
    this.body = make("tbody", "lk-connection", {}, this.#first, make("tr", "", {}, cell));
  }

  #disconnect() {
    if (this.#leaving) return; // a double click
    this.#leaving = true;
    const { name, number } = this.#connection;
    this.#actions.ask(
      { kind: "disconnect", connection: number },
      {
        pending: `Not done yet: disconnect ${name}. `,
        done: () => this.#onDone(`${name} is disconnected.`),
        undo: () => {
          this.#leaving = false;
          return "";
        },
      },
    );
  }

  /**
   * @param {string} namespace
   * @param {string} room
   * @param {boolean} into
   */
  #move(namespace, room, into) {
    const { name, number } = this.#connection;
    const what = into ? `put ${name} into ${room}` : `take ${name} out of ${room}`;
    this.#actions.ask(
      { kind: "move", connection: number, namespace, room, into },
      {
        pending: `Not done yet: ${what}. `,
        done: () => this.#onDone(`${name} is ${into ? "in" : "not in"} the room ${room}.`),
      },
    );
  }

  /**
   * @param {ShownConnection} connection  as it is now
   * @param {boolean} isLive
   */
  update(connection, isLive) {
    put(this.#transport, connection.transport);
    put(this.#since, timeOf(connection.since));
    put(this.#received, String(connection.received ?? "–"));
    this.#leave.disabled = !isLive;
    if (!this.#form) return;
    const text = JSON.stringify([connection.places, connection.morePlaces]);
    if (this.#shown !== text) this.#showPlaces(connection);
    this.#shown = text;
    this.#form.update(connection, isLive);
  }

  /** @param {ShownConnection} connection */
  #showPlaces({ places, morePlaces }) {
    for (const node of this.#places) node.remove();
    const [main, ...others] = places;
    const rows = others.map((place) => make("tr", "", {}, ...placeCells(place)));
    if (morePlaces) {
      const more = make("td", "", { colspan: PLACE_COLUMNS.length }, `and ${morePlaces} more`);
      rows.push(make("tr", "", {}, more));
    }
    const cells = placeCells(main);
    this.#first.append(...cells);
    this.#first.after(...rows);
    for (const cell of [this.#who, this.#transport, this.#since, this.#received]) {
      cell.rowSpan = rows.length + 1;
    }
    this.#places = [...cells, ...rows];
  }
}
