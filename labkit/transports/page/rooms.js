// Rooms on a chat page: the server alone knows who is in which, and tells when it acknowledges.

import { make } from "../../front_end/dom.js";
import { plainText } from "../../front_end/untrusted.js";

/** @import { Connection } from "./connection.js" */

export class Rooms {
  /** @type {string[]} */
  #names = [];
  #connection;
  #to;
  #room;
  #told;

  /**
   * @param {Connection} connection
   * @param {object} parts
   * @param {HTMLFormElement} parts.form
   * @param {HTMLInputElement} parts.room
   * @param {HTMLButtonElement} parts.leave
   * @param {HTMLSelectElement} parts.to  where messages go
   * @param {HTMLElement} parts.told  in which rooms one is
   */
  constructor(connection, { form, room, leave, to, told }) {
    this.#connection = connection;
    this.#to = to;
    this.#room = room;
    this.#told = told;
    form.hidden = !connection.move;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#move("join");
    });
    leave.addEventListener("click", () => this.#move("leave"));
    this.show([]);
  }

  /** @param {string[]} names */
  show(names) {
    this.#names = names;
    const rooms = plainText(`Your rooms: ${names.join(", ")}`);
    this.#told.textContent = names.length ? rooms : "You are in no room";
    const to = this.#to;
    const before = to.value;
    to.replaceChildren(
      make("option", "", { value: "" }, "to everybody"),
      ...names.map((name) => make("option", "", { value: name }, plainText(`to ${name}`))),
    );
    to.value = names.includes(before) ? before : "";
    to.hidden = !names.length;
  }

  /** @param {"join" | "leave"} event */
  async #move(event) {
    const name = this.#room.value;
    if (!name) {
      this.#room.focus();
      return;
    }
    this.#told.textContent = "Waiting for the server …";
    if (await this.#connection.move?.(event, name)) this.#room.value = "";
    else this.show(this.#names);
  }
}
