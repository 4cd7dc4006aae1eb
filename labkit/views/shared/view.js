// What every view has: an id of its own on the page, actions, a box that keeps its keys until Escape
// leaves it, and words for the end of the kernel.

import { make } from "../../front_end/dom.js";
import { Actions } from "./actions.js";

/** @import { Page } from "./messages.js" */

/**
 * A widget as anywidget gives it: its snapshot, and messages both ways.
 *
 * @typedef {object} Model
 * @property {(trait: "state") => any} get
 * @property {(message: object) => void} send
 * @property {(event: string, listener: (message: any) => void) => void} on
 * @property {(event: string, listener: (message: any) => void) => void} off
 */

/**
 * What a view is made from.
 *
 * @template {{ kind: string, id: number }} A
 * @typedef {object} Parts
 * @property {string} id  unique on the page; the box is labelled by what has `${id}-name`
 * @property {HTMLElement} el  where anywidget wants it
 * @property {HTMLElement} box  to be filled
 * @property {Actions<A>} actions
 */

/**
 * A view: it makes the page agree with each snapshot. `gone` says that the kernel is.
 *
 * @template S
 * @typedef {object} View
 * @property {(snapshot: S, gone: boolean) => void} update
 * @property {() => void} stop
 */

/** @returns {string} */
function uniqueId() {
  return `lk-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
}

/**
 * Tells Python from where Jupyter's page is: pages from exactly there may connect to the servers,
 * beside their own. Only a page that Jupyter let in has a comm to tell it by.
 *
 * @param {Model} model
 */
function tellPage(model) {
  /** @type {Page} */
  const action = { kind: "page", id: 0, origin: location.origin };
  model.send(action);
}

function makeBox() {
  const box = make("section", "lk-box lk-tokens", {
    "data-lm-suppress-shortcuts": "true", // JupyterLab's must not take the keys that are typed here
  });
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape" && !event.defaultPrevented) leave(box);
  });
  return box;
}

/**
 * The numbers that the boxes of each name have. It is the page's, for each widget has a copy of this
 * module; and not read from the document, which JupyterLab takes cells out of while they are not in
 * sight.
 *
 * @returns {Map<string, Set<number>>}
 */
function numbersOnPage() {
  const key = Symbol.for("labkit.boxes");
  const page = /** @type {Record<symbol, Map<string, Set<number>>>} */ (globalThis);
  page[key] ??= new Map();
  return page[key];
}

/**
 * Takes the lowest number that no other box of a name has. Returns it, and what gives it back.
 *
 * @param {string} name
 * @returns {[number, () => void]}
 */
function takeNumber(name) {
  const numbers = numbersOnPage();
  const taken = numbers.get(name) ?? new Set();
  numbers.set(name, taken);
  let number = 1;
  while (taken.has(number)) number += 1;
  taken.add(number);
  return [number, () => taken.delete(number)];
}

/**
 * Gives the focus back to the notebook: to the cell, whose keys are then JupyterLab's.
 *
 * @param {HTMLElement} box
 */
function leave(box) {
  const cell = box.closest(".jp-Cell");
  if (cell instanceof HTMLElement) cell.focus({ preventScroll: true });
  const { activeElement } = document;
  if (activeElement instanceof HTMLElement && box.contains(activeElement)) activeElement.blur();
}

/**
 * Returns what anywidget renders, and ends with what it gets back.
 *
 * @template S
 * @template {{ kind: string, id: number }} A
 * @param {(parts: Parts<A>) => View<S>} build
 */
export function viewOf(build) {
  /** @param {{ model: Model, el: HTMLElement }} context */
  function render({ model, el }) {
    tellPage(model);
    const id = uniqueId();
    const box = makeBox();
    const actions = new Actions(model);
    const view = build({ id, el, box, actions });
    el.classList.add("lk-chat");
    el.append(box);
    let gone = false;

    function update() {
      const snapshot = model.get("state");
      if ("following" in snapshot) view.update(snapshot, gone);
    }

    function kernelGone() {
      gone = true;
      actions.kernelGone();
      update();
    }

    /** Labels the box: further ones of a name on the page have a number. */
    function label() {
      const name = box.querySelector(`#${id}-name`)?.textContent ?? "";
      const [number, giveBack] = takeNumber(name);
      box.setAttribute("aria-labelledby", `${id}-name`);
      if (number > 1) {
        box.append(make("span", "lk-hidden", { id: `${id}-which` }, `(${number})`));
        box.setAttribute("aria-labelledby", `${id}-name ${id}-which`);
      }
      return giveBack;
    }

    model.on("change:state", update);
    model.on("comm_live_update", kernelGone);
    update();
    const giveBack = label();
    return () => {
      giveBack();
      view.stop();
      actions.stop();
      model.off("change:state", update);
      model.off("comm_live_update", kernelGone);
    };
  }

  return { render };
}
