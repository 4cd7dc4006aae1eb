// A form that puts a connection into a room and takes it out again.

import { make } from "../../front_end/dom.js";

/** @import { ShownConnection } from "./messages.js" */

export class RoomForm {
  #where;
  #controls;

  /**
   * @param {ShownConnection} connection
   * @param {string} id  unique on the page
   * @param {(namespace: string, room: string, into: boolean) => void} move
   */
  constructor({ name, number }, id, move) {
    const room = make("input", "lk-room", {
      id: `${id}-room-${number}`,
      "aria-label": `Room for ${name}`,
      autocomplete: "off",
      dir: "auto",
      maxlength: "100",
    });
    const where = make("select", "lk-where", { "aria-label": `Namespace for ${name}` });
    const inward = { type: "submit", "aria-label": `Put in room: ${name}` };
    const outward = { type: "button", "aria-label": `Take out of room: ${name}` };
    const into = make("button", "", inward, "Put in");
    const out = make("button", "", outward, "Take out");
    const label = make("label", "", { for: room.id }, "Room");
    this.form = make("form", "lk-move", {}, label, room, where, into, out);
    this.#where = where;
    this.#controls = [room, where, into, out];
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      move(where.value, room.value, true);
    });
    out.addEventListener("click", () => move(where.value, room.value, false));
  }

  /**
   * @param {ShownConnection} connection
   * @param {boolean} isLive
   */
  update({ places }, isLive) {
    const where = this.#where;
    const names = places.map((place) => place.namespace);
    if (names.join("\n") !== [...where.options].map((option) => option.value).join("\n")) {
      const chosen = where.value;
      const options = places.map(({ namespace, shown }) =>
        make("option", "", { value: namespace }, `in ${shown}`),
      );
      where.replaceChildren(...options);
      if (names.includes(chosen)) where.value = chosen;
    }
    where.hidden = names.length < 2;
    for (const control of this.#controls) control.disabled = !isLive;
  }
}
