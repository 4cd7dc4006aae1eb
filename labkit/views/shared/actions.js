// What a person asks for at a box: each action is one message to Python, answered by "accepted" or
// "refused". What was refused, or stays without an answer, is told in the box's notice.

import { make, put } from "../../front_end/dom.js";

/** @import { Answer, Unnumbered } from "./messages.js" */
/** @import { Model } from "./view.js" */

const SOON = 300; // milliseconds within which a kernel that is not busy answers
const PATIENCE = 3000; // milliseconds to wait for the kernel's answer

const NO_ANSWER =
  "Kernel busy: there is no answer from it, or it is gone. If a cell is running, wait for " +
  "it or interrupt it. Otherwise restart the kernel and run the notebook again: " +
  "Run > Run All Cells.";
const GONE =
  "The kernel was restarted or has ended, and this box with it. " +
  "Run the notebook again: Run > Run All Cells.";

/**
 * What comes of an action.
 *
 * @typedef {object} Outcome
 * @property {string} [pending]  what is told while there is no answer
 * @property {() => void} [late]  called when there is no answer soon
 * @property {() => void} [answered]  called with the first answer, if it came at all
 * @property {(result: any) => void} [done]  called when it is done
 * @property {() => string} [undo]  called when it is not; returns what is told with the reason
 */

/** @template {{ kind: string, id: number }} A */
export class Actions {
  notice = make("p", "lk-notice", { role: "alert", hidden: "" });

  /** Those without an answer, by their numbers.
   * @type {Map<number, Outcome & { timers: number[] }>} */
  #waiting = new Map();

  // answers reach every view of a widget, so each view counts from elsewhere
  #last = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  #model;

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    model.on("msg:custom", this.#onAnswer);
  }

  /**
   * @param {Unnumbered<A>} action
   * @param {Outcome} [outcome]
   */
  ask(action, outcome = {}) {
    this.#last += 1;
    const told = (outcome.pending ?? "") + NO_ANSWER;
    const timers = [
      setTimeout(() => outcome.late?.(), SOON),
      setTimeout(() => this.#warn(told), PATIENCE),
    ];
    this.#waiting.set(this.#last, { ...outcome, timers });
    this.#model.send({ ...action, id: this.#last });
  }

  /**
   * There will be no answers any more. JupyterLab tells so when somebody restarts the kernel. When
   * a kernel dies it does not: then the next action remains without an answer.
   */
  kernelGone() {
    const lost = [...this.#waiting.values()].map((action) => {
      action.timers.forEach(clearTimeout);
      action.answered?.();
      return action.undo?.() ?? "";
    });
    this.#waiting.clear();
    this.#warn(lost.join("") + GONE);
  }

  stop() {
    for (const { timers } of this.#waiting.values()) timers.forEach(clearTimeout);
    this.#model.off("msg:custom", this.#onAnswer);
  }

  /** @param {string} text */
  #warn(text) {
    put(this.notice, text);
    this.notice.hidden = !text;
  }

  /** @param {Answer} answer */
  #onAnswer = ({ kind, id, why, result }) => {
    const action = this.#waiting.get(id ?? 0);
    if (id && !action) return; // another view's
    action?.timers.forEach(clearTimeout);
    action?.answered?.();
    if (kind === "received") {
      // the kernel is there, and at it
      if (this.notice.textContent.endsWith(NO_ANSWER)) this.#warn("");
      return;
    }
    this.#waiting.delete(id ?? 0);
    if (kind === "accepted") {
      this.#warn("");
      action?.done?.(result);
    } else this.#warn((action?.undo?.() ?? "") + why);
  };
}
