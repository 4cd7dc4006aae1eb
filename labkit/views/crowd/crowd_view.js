// The view of a crowd: the last chart that the kernel drew.

/** @import { Model } from "../shared/view.js" */
/** @import { CrowdSnapshot } from "./messages.js" */

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  function draw() {
    /** @type {Partial<CrowdSnapshot>} */
    const { svg } = model.get("state");
    if (!svg) return; // the page knows the widget, but not yet its state
    const drawn = new DOMParser().parseFromString(svg, "image/svg+xml");
    el.replaceChildren(drawn.documentElement);
  }

  draw();
  model.on("change:state", draw);
  return () => model.off("change:state", draw);
}

export default { render };
