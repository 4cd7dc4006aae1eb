// A row of the wire view, opened into its layers: what each added, and each field with its bytes.

import { make, put } from "../../front_end/dom.js";

/** @import { RowDetails as Details, ShownField, ShownLayer } from "./messages.js" */

/** @param {ShownField} field */
function fieldRow(field) {
  const more = field.more ? ` … ${field.more} more` : "";
  return make(
    "tr",
    "",
    {},
    make("td", "lk-hex", {}, field.hex + more),
    make("th", "", { scope: "row" }, field.name),
    make("td", "lk-value", { dir: "auto" }, field.value),
    make("td", "lk-meaning", {}, field.meaning),
  );
}

/** @param {ShownField[]} fields */
function fieldTable(fields) {
  const columns = ["bytes", "field", "value", "what it means"].map((text) =>
    make("th", "", { scope: "col" }, text),
  );
  return make(
    "table",
    "lk-fields",
    {},
    make("thead", "", {}, make("tr", "", {}, ...columns)),
    make("tbody", "", {}, ...fields.map(fieldRow)),
  );
}

/** @param {ShownLayer} layer */
function layerItem({ name, summary, added, fields }) {
  const size = `${added < 0 ? "−" : "+"}${Math.abs(added)} B`;
  const head = make(
    "h4",
    "lk-layer-head",
    {},
    make("span", "lk-layer-name", {}, name),
    " ",
    make("span", "lk-added", {}, size),
    " ",
    make("span", "lk-layer-summary", { dir: "auto" }, summary),
  );
  return make("li", "lk-layer", {}, head, ...(fields.length ? [fieldTable(fields)] : []));
}

/** @param {Details} details */
export function titleOf({ number, line }) {
  if (!line) return `Row ${number} is no longer kept.`;
  const problem = line.problem ? ` – ${line.problem}` : "";
  const fate = line.fate ? ` (${line.fate})` : "";
  return `${line.arrow} ${line.kind}, ${line.size} ${line.size === 1 ? "byte" : "bytes"}${problem}${fate}`;
}

export class RowDetails {
  #title = make("h3", "lk-opened-title", { tabindex: "-1" });
  #close = make("button", "", { type: "button" }, "Close");
  #layers = make("ol", "lk-layers");
  section = make(
    "div",
    "lk-lens",
    { hidden: "", role: "group", "aria-label": "Layers" }, // no landmark: the box is one
    make("div", "lk-lens-head", {}, this.#title, this.#close),
    this.#layers,
  );
  #onClose;

  /** @param {() => void} onClose  called when the reader closes it */
  constructor(onClose) {
    this.#onClose = onClose;
    this.#close.addEventListener("click", () => this.#leave());
    this.section.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // it leaves the details, not the view
      this.#leave();
    });
  }

  /** @param {Details} details */
  show(details) {
    const { line, layers } = details;
    put(this.#title, titleOf(details));
    const items = layers.map(layerItem);
    if (line && !items.length) {
      const text = line.text || "Nothing crossed: this happened.";
      items.push(make("li", "lk-layer", {}, text));
    }
    this.#layers.replaceChildren(...items);
    this.section.hidden = false;
    this.#title.focus({ preventScroll: true });
    this.section.scrollIntoView({ block: "nearest" });
  }

  hide() {
    this.section.hidden = true;
  }

  #leave() {
    if (this.section.hidden) return;
    this.hide();
    this.#onClose();
  }
}
