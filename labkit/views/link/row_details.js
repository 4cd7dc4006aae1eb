// A row of the wire view, opened into its layers: what each added, and each field with its bytes.

import { make, put } from "../../front_end/dom.js";

function fieldRow(field) {
  const more = field.more ? ` … ${field.more} more` : "";
  return make("tr", "", {},
    make("td", "lk-hex", {}, field.hex + more),
    make("th", "", { scope: "row" }, field.name),
    make("td", "lk-value", { dir: "auto" }, field.value),
    make("td", "lk-meaning", {}, field.meaning));
}

function layerOf(layer) {
  const added = `${layer.added < 0 ? "−" : "+"}${Math.abs(layer.added)} B`;
  const head = make("h4", "lk-layer-head", {},
    make("span", "lk-layer-name", {}, layer.name), " ",
    make("span", "lk-added", {}, added), " ",
    make("span", "lk-layer-summary", { dir: "auto" }, layer.summary));
  const node = make("li", "lk-layer", {}, head);
  if (layer.fields.length) {
    const columns = ["bytes", "field", "value", "what it means"].map(
      text => make("th", "", { scope: "col" }, text));
    node.append(make("table", "lk-fields", {},
      make("thead", "", {}, make("tr", "", {}, ...columns)),
      make("tbody", "", {}, ...layer.fields.map(fieldRow))));
  }
  return node;
}

// The panel below the rows; `closed` is called when the reader closes it.
export function lens(closed) {
  const title = make("h3", "lk-lens-title", { tabindex: "-1" });
  const close = make("button", "", { type: "button" }, "Close");
  const layers = make("ol", "lk-layers");
  const panel = make("section", "lk-lens", { hidden: "", "aria-label": "Layers" },
    make("div", "lk-lens-head", {}, title, close), layers);
  function hide() {
    if (panel.hidden) return;
    panel.hidden = true;
    closed();
  }
  close.addEventListener("click", hide);
  panel.addEventListener("keydown", event => { if (event.key === "Escape") hide(); });
  return {
    panel,
    show({ number, line, layers: found, gone }) {
      put(title, gone ? `Row ${number} is no longer kept.`
        : `${line.arrow} ${line.kind}, ${line.size} bytes${line.problem ? ` – ${line.problem}` : ""}`);
      layers.replaceChildren(...found.map(layerOf));
      if (!found.length && !gone) {
        layers.append(make("li", "lk-layer", {}, line.text || "Nothing crossed: this happened."));
      }
      panel.hidden = false;
      title.focus({ preventScroll: true });
      panel.scrollIntoView({ block: "nearest" });
    },
  };
}
