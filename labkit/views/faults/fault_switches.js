// Fault switches: buttons for the usual faults, a switch for each fault, and the way back to none.

import { make, put } from "../../front_end/dom.js";
import { viewOf } from "../shared/view.js";
import { FaultList } from "./fault_list.js";

/** @import { Outcome } from "../shared/actions.js" */
/** @import { Unnumbered } from "../shared/messages.js" */
/** @import { Parts } from "../shared/view.js" */
/** @import { FaultAction, FaultsSnapshot } from "./messages.js" */

/**
 * What the plug's button says.
 *
 * @param {Pick<FaultsSnapshot, "isForAll" | "isDown">} snapshot
 */
export function plugWords({ isForAll, isDown }) {
  const whose = isForAll ? "everybody's" : "the";
  return isDown ? `Put ${whose} plug back` : `Pull ${whose} plug`;
}

/**
 * Says in a few words whether anything acts.
 *
 * @param {Pick<FaultsSnapshot, "isOver" | "faults">} snapshot
 * @returns {[key: string, shape: string, words: string]}
 */
export function stateOf({ isOver, faults }) {
  if (isOver) return ["over", "○", "Link closed"];
  const acting = faults.filter((fault) => fault.isOn).length;
  if (!acting) return ["whole", "●", "No fault acts"];
  return ["damaged", "▲", acting === 1 ? "1 fault acts" : `${acting} faults act`];
}

/**
 * A button with a number of seconds, which Enter in the field presses, too.
 *
 * @param {string} words  on the button
 * @param {string} label  of the number
 * @param {string} seconds  that stand there at first
 * @param {(seconds: string) => void} onSubmit
 */
function secondsForm(words, label, seconds, onSubmit) {
  const attributes = { type: "number", min: 0, step: "any", value: seconds, "aria-label": label };
  const field = make("input", "lk-seconds", attributes);
  const button = make("button", "", { type: "submit" }, words);
  // the kernel says what is wrong with a number, in the words of the code's errors
  const form = make("form", "lk-with-seconds", { novalidate: "" }, button, field, "s");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onSubmit(field.value);
  });
  return { form, controls: [field, button] };
}

class FaultSwitches {
  #shape = make("span", "lk-shape", { "aria-hidden": "true" });
  #word = make("span", "", { role: "status" });
  #plug = make("button", "lk-pull", { type: "button" });
  #none = make(
    "p",
    "lk-none",
    {},
    "Nothing is damaged. The buttons above add a fault, and so does",
  );
  #countdown = make("p", "lk-countdown", { role: "timer", "aria-live": "off", hidden: "" });
  #code = make("code");
  #last = make("p", "lk-last", { role: "status" }); // never hidden: then it would not be read out
  #box;
  #actions;
  #name;
  #faults;
  #controls;

  /** @param {Parts<FaultAction>} parts */
  constructor({ id, box, actions }) {
    this.#box = box;
    this.#actions = actions;
    this.#name = make("span", "lk-name", { id: `${id}-name` });
    this.#faults = new FaultList(id, {
      onSwitch: (fault, on) => this.#ask({ kind: "switch", fault, on }),
      onChange: (fault, name, number, outcome) =>
        this.#ask({ kind: "change", fault, name, number }, outcome),
    });
    const state = make("span", "lk-state", {}, this.#shape, this.#word);
    this.#plug.addEventListener("click", () => {
      this.#ask({ kind: "plug", in_place: this.#plug.dataset.pulled === "true" });
    });
    const hole = this.#button("Black hole", { kind: "black_hole" });
    const slow = secondsForm("Slow", "Seconds of latency", "0.3", (seconds) =>
      this.#ask({ kind: "slow", seconds }),
    );
    const heal = this.#button("Heal", { kind: "heal" });
    const later = secondsForm("Heal after", "Seconds until all is healed", "10", (seconds) =>
      this.#ask({ kind: "heal_later", seconds }),
    );
    this.#controls = [this.#plug, hole, ...slow.controls, heal, ...later.controls];
    this.#none.append(" ", make("code", "", {}, "add"), " in code.");
    const damage = { role: "group", "aria-label": "Damage" };
    const repair = { role: "group", "aria-label": "Repair" };
    box.classList.add("lk-switches");
    box.append(
      make("header", "lk-head", {}, this.#name, state),
      make("div", "lk-turn", damage, this.#plug, hole, slow.form),
      make("div", "lk-list", {}, this.#none, this.#faults.list),
      actions.notice,
      this.#last,
      make("div", "lk-turn lk-repair", repair, heal, later.form, this.#countdown),
    );
  }

  /**
   * @param {string} words
   * @param {Unnumbered<FaultAction>} action
   */
  #button(words, action) {
    const button = make("button", "", { type: "button" }, words);
    button.addEventListener("click", () => this.#ask(action));
    return button;
  }

  /**
   * @param {Unnumbered<FaultAction>} action
   * @param {Outcome} [outcome]
   */
  #ask(action, outcome) {
    this.#actions.ask(action, { pending: "Not done yet. ", ...outcome });
  }

  /**
   * @param {FaultsSnapshot} snapshot
   * @param {boolean} gone
   */
  update(snapshot, gone) {
    const { name, isForAll, isDown, isOver, faults, healsIn, code } = snapshot;
    const isLive = snapshot.following && !isOver && !gone;
    put(this.#name, isForAll ? `Faults on all links of ${name}` : `Faults on link ${name}`);
    const [key, shape, words] = gone ? ["over", "○", "No kernel"] : stateOf(snapshot);
    this.#box.dataset.faults = key;
    put(this.#shape, shape);
    put(this.#word, words);
    put(this.#plug, plugWords(snapshot));
    this.#plug.dataset.pulled = String(isDown);
    for (const control of this.#controls) control.disabled = !isLive;
    this.#faults.update(faults, isLive);
    this.#none.hidden = faults.length > 0;
    this.#countdown.hidden = healsIn === null || gone;
    put(this.#countdown, healsIn === null ? "" : `Heals in ${healsIn} s`);
    put(this.#code, code);
    if (code && !this.#last.hasChildNodes()) this.#last.append("In code: ", this.#code);
  }

  stop() {}
}

export default viewOf((/** @type {Parts<FaultAction>} */ parts) => new FaultSwitches(parts));
