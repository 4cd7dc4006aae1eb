// The view of a hearing: how far it is, and what is measured at this moment.

import { make, put } from "../../front_end/dom.js";

/** @import { Model } from "../shared/view.js" */
/** @import { HearingSnapshot } from "./messages.js" */

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const bar = make("progress", "lk-hearing-bar", { "aria-label": "Repeats measured" });
  const said = make("p", "lk-hearing-said");
  const view = make("div", "lk-hearing lk-tokens", { role: "group", "aria-label": "Measurement" });
  view.append(bar, said);
  el.append(view);

  function draw() {
    /** @type {Partial<HearingSnapshot>} */
    const { done, wanted, said: words, over } = model.get("state");
    if (done === undefined) return; // the page knows the widget, but not yet its state
    bar.max = wanted || 1;
    bar.value = done;
    bar.hidden = over ?? false;
    put(said, words ?? "");
  }

  draw();
  model.on("change:state", draw);
  return () => model.off("change:state", draw);
}

export default { render };
