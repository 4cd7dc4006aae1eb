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

/** @param {string} id */
function makeBox(id) {
  const box = make("section", "lk-box lk-tokens", {
    "aria-labelledby": `${id}-name`,
    "data-lm-suppress-shortcuts": "true", // JupyterLab's must not take the keys that are typed here
  });
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape" && !event.defaultPrevented) leave(box);
  });
  return box;
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
    const box = makeBox(id);
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

    /** A person may have several boxes on a page: each has a name of its own. */
    function label() {
      const name = box.querySelector(`#${id}-name`)?.textContent ?? "";
      const others = [...document.querySelectorAll(".lk-box")].filter(
        (other) => other instanceof HTMLElement && other.dataset.person === name,
      );
      box.dataset.person = name;
      if (!others.length) return;
      box.append(make("span", "lk-hidden", { id: `${id}-which` }, `(${others.length + 1})`));
      box.setAttribute("aria-labelledby", `${id}-name ${id}-which`);
    }

    model.on("change:state", update);
    model.on("comm_live_update", kernelGone);
    update();
    label();
    return () => {
      view.stop();
      actions.stop();
      model.off("change:state", update);
      model.off("comm_live_update", kernelGone);
    };
  }

  return { render };
}
