// The list of faults, each with a switch. A switch stays the same while its fault goes and comes
// back, so that updates do not take the focus from it.

import { make, put } from "../../front_end/dom.js";

/** @import { ShownFault } from "./messages.js" */

class FaultSwitch {
  #word = make("span", "lk-word");
  #effect = make("span", "lk-effect");
  #facts;
  #button;
  #number;

  /**
   * @param {number} number  of the fault
   * @param {string} id  unique on the page
   * @param {(number: number, on: boolean) => void} onSwitch
   */
  constructor(number, id, onSwitch) {
    this.#number = number;
    this.#facts = make("span", "lk-facts", { id: `${id}-facts-${number}` });
    const words = make("span", "", {}, this.#word, ": ", this.#effect);
    this.#button = make(
      "button",
      "lk-switch",
      { type: "button", role: "switch", "aria-describedby": this.#facts.id },
      make("span", "lk-track", { "aria-hidden": "true" }),
      words,
    );
    this.#button.addEventListener("click", () => onSwitch(this.#number, !this.#isOn));
    this.item = make("li", "lk-fault", {}, this.#button, this.#facts);
  }

  get #isOn() {
    return this.#button.getAttribute("aria-checked") === "true";
  }

  /**
   * @param {ShownFault} fault
   * @param {boolean} isLive
   */
  update({ isOn, word, effect, facts }, isLive) {
    put(this.#word, word);
    put(this.#effect, effect);
    this.#showFacts(facts);
    this.#button.setAttribute("aria-checked", String(isOn));
    this.#button.disabled = !isLive;
  }

  /** @param {string[]} facts */
  #showFacts(facts) {
    if (this.#facts.textContent === facts.join(" · ")) return;
    const parts = facts.flatMap((fact) => [" · ", make("span", "lk-fact", {}, fact)]);
    this.#facts.replaceChildren(...parts.slice(1));
  }
}

export class FaultList {
  list = make("ul", "lk-faults", { "aria-label": "Faults", role: "list" });
  /** Numbers of faults, and their switches.
   * @type {Map<number, FaultSwitch>} */
  #known = new Map();
  #id;
  #onSwitch;

  /**
   * @param {string} id  unique on the page
   * @param {(number: number, on: boolean) => void} onSwitch
   */
  constructor(id, onSwitch) {
    this.#id = id;
    this.#onSwitch = onSwitch;
  }

  /**
   * @param {ShownFault[]} faults  the oldest first; no other ever comes between them
   * @param {boolean} isLive
   */
  update(faults, isLive) {
    const present = new Set(faults.map((fault) => fault.number));
    for (const [number, { item }] of this.#known) {
      if (present.has(number)) continue;
      item.remove();
      this.#known.delete(number);
    }
    for (const fault of faults) this.#switchOf(fault.number).update(fault, isLive);
    this.list.hidden = !faults.length;
  }

  /** @param {number} number */
  #switchOf(number) {
    const known = this.#known.get(number);
    if (known) return known;
    const made = new FaultSwitch(number, this.#id, this.#onSwitch);
    this.#known.set(number, made);
    this.list.append(made.item);
    return made;
  }
}
