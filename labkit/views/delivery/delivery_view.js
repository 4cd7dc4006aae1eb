// The view of deliveries: counters that follow, what is said, and the part that proves it.

import { make, put } from "../../front_end/dom.js";

/** @import { Model } from "../shared/view.js" */
/** @import { DeliverySnapshot } from "./messages.js" */

/** @param {string} word @param {number | null} number */
function counter(word, number) {
  const box = make("div", `lk-delivered-${word} lk-delivery-count`);
  box.append(
    make("dt", "lk-delivery-word", {}, word),
    make("dd", "lk-delivery-number", {}, number === null ? "not known yet" : String(number)),
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
  const counters = make("dl", "lk-delivery-counts");
  const said = make("p", "lk-delivery-said");
  const proved = make("div", "lk-delivery-proof");
  const view = make("div", "lk-delivery lk-tokens", { role: "group", "aria-label": "Deliveries" });
  view.append(counters, said, proved);
  el.append(view);
  let drawn = "";

  function draw() {
    /** @type {Partial<DeliverySnapshot>} */
    const { delivered, lost, duplicated, said: words, svg, part } = model.get("state");
    if (delivered === undefined) return; // the page knows the widget, but not yet its state
    counters.replaceChildren(
      counter("delivered", delivered),
      counter("lost", lost ?? null),
      counter("duplicated", duplicated ?? 0),
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
