// One line in a chat box: what acts on the client's link, and when it is healed.

import { make, put } from "../../front_end/dom.js";

/** @import { FaultOnLink } from "./messages.js" */

/**
 * Says what acts on the link: what is seen, the seconds until all is healed, which stay in sight in
 * a narrow box, and what is read out, without seconds.
 *
 * @param {FaultOnLink[]} faults
 * @returns {{ seen: string, left: string, read: string }}
 */
export function faultWords(faults) {
  const [first] = faults;
  if (!first) return { seen: "", left: "", read: "" };
  const isTogether = faults.every(({ healsIn }) => healsIn === first.healsIn);
  const seen = faults.map(({ summary, healsIn }) =>
    isTogether || healsIn === null ? summary : `${summary} (heals in ${healsIn} s)`,
  );
  return {
    seen: `▲ ${seen.join(" · ")}`,
    left: isTogether && first.healsIn !== null ? `heals in ${first.healsIn} s` : "",
    read: `Faults on the link: ${faults.map(({ summary }) => summary).join(", ")}`,
  };
}

export class FaultLine {
  #names = make("span", "lk-damages");
  #left = make("span", "lk-left");
  #line = make(
    "span",
    "lk-damage",
    { "aria-hidden": "true", hidden: "" }, // with seconds: not read out
    this.#names,
    this.#left,
  );
  // read out; the box's status is the state of its connection
  #read = make("span", "lk-hidden", { "aria-live": "polite", "aria-atomic": "true" });
  parts = [this.#line, this.#read];

  /** @param {FaultOnLink[]} faults */
  update(faults) {
    const { seen, left, read } = faultWords(faults);
    put(this.#names, seen);
    this.#names.title = seen; // a narrow box has no room for many
    put(this.#left, left);
    this.#line.hidden = !seen;
    put(this.#read, read);
  }
}
