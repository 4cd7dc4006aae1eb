// The rows of one connection in a server's table. They stay the same while it stays, so that
// updates take neither the focus nor what is being typed there.

import { clockTime, shortSid } from "../../front_end/connection_words.js";
import { make, put } from "../../front_end/dom.js";
import { RoomForm } from "./room_form.js";

/** @import { Actions } from "../shared/actions.js" */
/** @import { ServerAction, ShownConnection, ShownPlace } from "./messages.js" */

const OWN_COLUMNS = ["who", "since", "messages", "action"];
const PLACE_COLUMNS = ["namespace", "sid", "rooms"];

/**
 * Returns the names of the columns. Without rooms, all travel as the server's badge says.
 *
 * @param {boolean} hasRooms
 */
export function columnsOf(hasRooms) {
  return hasRooms ? [...OWN_COLUMNS, "transport", ...PLACE_COLUMNS] : OWN_COLUMNS;
}

/**
 * Returns as many cells as PLACE_COLUMNS has names.
 *
 * @param {ShownPlace | undefined} place
 */
function placeCells(place) {
  if (!place) return PLACE_COLUMNS.map(() => make("td"));
  return [
    make("td", "lk-namespace", {}, place.shown),
    make("td", "lk-sid", { title: place.sid }, shortSid(place.sid)),
    make("td", "lk-in-rooms", {}, place.rooms.join(", ") || "none"),
  ];
}

export class ConnectionRows {
  #transport = make("td");
  #since = make("td");
  #received = make("td", "lk-received");
  #action = make("td", "lk-action");
  #leaving = false;
  #shown = "";
  /** @type {HTMLElement[]} */
  #places = [];
  #connection;
  #actions;
  #onDone;
  #who;
  #own;
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
    this.#action.append(this.#leave);
    const cells = [this.#who, this.#since, this.#received, this.#action];
    if (hasRooms) cells.push(this.#transport);
    this.#own = cells;
    this.#first = make("tr", "", {}, ...cells);
    this.body = make("tbody", "lk-connection", {}, this.#first);
    if (!this.#form) return;
    const colspan = columnsOf(true).length;
    const moves = make("div", "lk-actions", {}, this.#form.form);
    this.body.append(make("tr", "", {}, make("td", "lk-moves", { colspan }, moves)));
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
    put(this.#since, clockTime(connection.since));
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
    for (const cell of this.#own) cell.rowSpan = rows.length + 1;
    this.#places = [...cells, ...rows];
  }
}
