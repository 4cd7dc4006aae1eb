// Which rows of the wire view are shown: by their content, direction and kind. Heartbeats, a ping
// and a pong from time to time, are hidden until the reader wants them.

import { make } from "../../front_end/dom.js";

export class Filters {
  #text = make("input", "lk-input", {
    type: "search",
    placeholder: "Search",
    "aria-label": "Search in the content",
  });
  #way = make(
    "select",
    "",
    { "aria-label": "Direction" },
    make("option", "", { value: "" }, "both ways"),
    make("option", "", { value: "upstream" }, "→ to the server"),
    make("option", "", { value: "downstream" }, "← to the client"),
  );
  #kind = make(
    "select",
    "",
    { "aria-label": "Kind" },
    make("option", "", { value: "" }, "all kinds"),
  );
  #heartbeats = make("button", "", { type: "button", "aria-pressed": "false" }, "Heartbeats");
  controls = [this.#text, this.#way, this.#kind, this.#heartbeats];

  /** @param {() => void} onChange  called when the reader wants other rows */
  constructor(onChange) {
    for (const control of this.controls) control.addEventListener("input", onChange);
    this.#heartbeats.addEventListener("click", () => {
      this.#heartbeats.setAttribute("aria-pressed", String(!this.#areHeartbeatsShown));
      onChange();
    });
  }

  /** What the rows must have; "" stands for anything. */
  get wanted() {
    return {
      direction: this.#way.value,
      of: this.#kind.value,
      text: this.#text.value,
      heartbeats: this.#areHeartbeatsShown,
    };
  }

  get #areHeartbeatsShown() {
    return this.#heartbeats.getAttribute("aria-pressed") === "true";
  }

  /**
   * Offers the kinds that there are by now.
   *
   * @param {string[]} kinds
   */
  offer(kinds) {
    const known = new Set([...this.#kind.options].map((option) => option.value));
    for (const kind of kinds) {
      if (!known.has(kind)) this.#kind.append(make("option", "", { value: kind }, kind));
    }
  }
}
