// The view of deliveries: counters that follow, what is said, and the part that proves it.

import { make, put } from "../../front_end/dom.js";

/** @import { Model } from "../shared/view.js" */
/** @import { DeliverySnapshot } from "./messages.js" */

/** @param {string} kind @param {string} word @param {number | null | undefined} number */
function counter(kind, word, number) {
  const box = make("div", `lk-delivery-${kind} lk-delivery-count`);
  box.append(
    make("span", "lk-delivery-word", {}, word),
    make("span", "lk-delivery-number", {}, String(number ?? "not known yet")),
  );
  return box;
}

/** @param {string} svg @param {string} part */
function proof(svg, part) {
  const drawn = new DOMParser().parseFromString(svg, "image/svg+xml");
  const listed = make("details", "lk-delivery-list");
  listed.append(
    make("summary", "lk-delivery-summary", {}, "The same as text"),
    make("pre", "lk-delivery-part", {}, part),
  );
  return [drawn.documentElement, listed];
}

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const title = make("div", "lk-delivery-title");
  const counters = make("div", "lk-delivery-counts");
  const said = make("p", "lk-delivery-said");
  const proved = make("div", "lk-delivery-proof");
  const view = make("div", "lk-delivery lk-tokens", { role: "group", "aria-label": "Deliveries" });
  view.append(title, counters, said, proved);
  el.append(view);
  let drawn = "";

  function draw() {
    /** @type {Partial<DeliverySnapshot>} */
    const state = model.get("state");
    const { counted, messages, lost, duplicated, reordered, said: words, svg, part } = state;
    if (messages === undefined) return; // the page knows the widget, but not yet its state
    put(title, counted ?? "");
    counters.replaceChildren(
      counter("messages", "said", messages),
      counter("lost", "lost", lost),
      counter("duplicated", "heard more than once", duplicated),
      counter("reordered", "heard out of order", reordered),
    );
    put(said, words ?? "");
    if (drawn === svg) return; // what is unfolded stays so
    drawn = svg ?? "";
    proved.replaceChildren(...(drawn ? proof(drawn, part ?? "") : []));
  }

  draw();
  model.on("change:state", draw);
  return () => model.off("change:state", draw);
}

export default { render };
