// The rows of the wire view, cell by cell.

import { make } from "../../front_end/dom.js";

/** @import { ShownRow } from "./messages.js" */

/** @type {Record<ShownRow["direction"], string>} */
const WORDS = { upstream: "to the server", downstream: "to the client", "": "on the link" };

const COLUMNS = [
  ["time (s)", "lk-at"],
  ["#", "lk-connection"],
  ["direction", "lk-way"],
  ["kind", "lk-kind"],
  ["bytes", "lk-size"],
  ["content", "lk-content"],
];

export function headNode() {
  const cells = COLUMNS.map(([name = "", style]) =>
    make("span", style, { role: "columnheader" }, name),
  );
  return make("div", "lk-row lk-row-head", { role: "row" }, ...cells);
}

/**
 * @param {string} className
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 */
function cell(className, attributes, ...children) {
  return make("span", className, { role: "gridcell", ...attributes }, ...children);
}

/** @param {ShownRow} row */
export function rowNode(row) {
  const words = WORDS[row.direction];
  const arrow = make("span", "", { "aria-hidden": "true" }, row.arrow);
  const content = cell("lk-content", { dir: "auto" }, row.text);
  if (row.problem) content.append(make("span", "lk-problem", {}, ` ! ${row.problem}`));
  if (row.fate) content.append(make("span", "lk-fate", {}, ` (${row.fate})`));
  const node = make(
    "div",
    `lk-row lk-kind-${row.kind.replaceAll(" ", "-")}`,
    { role: "row" },
    cell("lk-at", {}, row.at.toFixed(3)),
    cell("lk-connection", { title: "connection" }, String(row.connection)),
    cell("lk-way", { title: words }, arrow, make("span", "lk-hidden", {}, words)),
    cell("lk-kind", {}, row.kind),
    cell("lk-size", {}, row.size ? String(row.size) : ""),
    content,
  );
  node.classList.toggle("lk-wrong", row.problem !== "");
  node.classList.toggle("lk-fact", row.size === 0);
  return node;
}
