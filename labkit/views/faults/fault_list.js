// The list of faults, each with a switch. A switch stays the same while its fault goes and comes
// back, so that updates do not take the focus from it. Under it are fields for the numbers of the
// fault, which act as soon as they are changed.

import { make, put } from "../../front_end/dom.js";

/** @import { Outcome } from "../shared/actions.js" */
/** @import { ShownFault } from "./messages.js" */

/**
 * What somebody can ask for at a fault.
 *
 * @typedef {object} Asked
 * @property {(fault: number, on: boolean) => void} onSwitch
 * @property {(fault: number, name: string, number: string, outcome: Outcome) => void} onChange
 */

/** A field for one number of a fault. It shows what is true, unless somebody is at it. */
class NumberField {
  #shown = "";
  #field;

  /**
   * @param {string} name  of the number
   * @param {string} word  what the fault is called
   * @param {(number: string, outcome: Outcome) => void} onChange
   */
  constructor(name, word, onChange) {
    const words = name.replaceAll("_", " ");
    const attributes = { type: "number", step: "any", "aria-label": `${word}: ${words}` };
    this.#field = make("input", "lk-number", attributes);
    // Enter, an arrow key, or leaving the field
    this.#field.addEventListener("change", () => {
      onChange(this.#field.value, { done: this.#reset, undo: this.#reset });
    });
    this.label = make("label", "", {}, words, this.#field);
  }

  #reset = () => {
    this.#field.value = this.#shown;
    return "";
  };

  /**
   * @param {number} number
   * @param {boolean} isLive
   */
  update(number, isLive) {
    const isEdited = this.#field.matches(":focus") && this.#field.value !== this.#shown;
    if (this.#shown !== String(number)) {
      this.#shown = String(number);
      if (!isEdited) this.#reset();
    }
    this.#field.disabled = !isLive;
  }
}

class FaultSwitch {
  #word = make("span", "lk-word");
  #effect = make("span", "lk-effect");
  #numbers = make("div", "lk-numbers", { hidden: "" });
  /** Fields by the names of their numbers.
   * @type {Map<string, NumberField>} */
  #fields = new Map();
  #facts;
  #button;
  #number;
  #asked;

  /**
   * @param {number} number  of the fault
   * @param {string} id  unique on the page
   * @param {Asked} asked
   */
  constructor(number, id, asked) {
    this.#number = number;
    this.#asked = asked;
    this.#facts = make("span", "lk-facts", { id: `${id}-facts-${number}` });
    const words = make("span", "", {}, this.#word, ": ", this.#effect);
    this.#button = make(
      "button",
      "lk-switch",
      { type: "button", role: "switch", "aria-describedby": this.#facts.id },
      make("span", "lk-track", { "aria-hidden": "true" }),
      words,
    );
    this.#button.addEventListener("click", () => asked.onSwitch(number, !this.#isOn));
    this.item = make("li", "lk-fault", {}, this.#button, this.#facts, this.#numbers);
  }

  get #isOn() {
    return this.#button.getAttribute("aria-checked") === "true";
  }

  /**
   * @param {ShownFault} fault
   * @param {boolean} isLive
   */
  update({ isOn, word, effect, facts, numbers }, isLive) {
    put(this.#word, word);
    put(this.#effect, effect);
    this.#showFacts(facts);
    this.#button.setAttribute("aria-checked", String(isOn));
    this.#button.disabled = !isLive;
    this.#numbers.hidden = !numbers.length;
    for (const { name, number } of numbers) this.#fieldOf(name, word).update(number, isLive);
  }

  /**
   * @param {string} name
   * @param {string} word
   */
  #fieldOf(name, word) {
    const known = this.#fields.get(name);
    if (known) return known;
    const field = new NumberField(name, word, (number, outcome) =>
      this.#asked.onChange(this.#number, name, number, outcome),
    );
    this.#fields.set(name, field);
    this.#numbers.append(field.label);
    return field;
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
  #asked;

  /**
   * @param {string} id  unique on the page
   * @param {Asked} asked
   */
  constructor(id, asked) {
    this.#id = id;
    this.#asked = asked;
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
    const made = new FaultSwitch(number, this.#id, this.#asked);
    this.#known.set(number, made);
    this.list.append(made.item);
    return made;
  }
}
