// What crosses a link. Python keeps the rows; the page asks for those that are in sight.

import { make, put } from "../../front_end/dom.js";
import { viewOf } from "../shared/view.js";
import { Filters } from "./filters.js";
import { RowDetails } from "./row_details.js";
import { VirtualList } from "./virtual_list.js";

/** @import { Parts } from "../shared/view.js" */
/** @import { HarFile, LinkAction, LinkSnapshot, Rows, ShownRow } from "./messages.js" */
/** @import { RowDetails as Details } from "./messages.js" */

const NO_KERNEL = "The kernel is gone: run the notebook again (Run > Run All Cells)";

/**
 * Lets the browser save a file.
 *
 * @param {HarFile} file
 */
function download({ name, text }) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  make("a", "", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

class WireView {
  #word = make("span", "lk-state", { role: "status" });
  #pause = make("button", "", { type: "button", "aria-pressed": "false" }, "Pause");
  #save = make("button", "", { type: "button" }, "Save as HAR");
  #empty = make("p", "lk-empty", {}, "Nothing has crossed yet.");
  #note = make("p", "lk-counts");
  #filters = new Filters(() => this.#list.startOver());
  #details = new RowDetails(() => {
    this.#opened = 0;
    this.#list.grid.focus({ preventScroll: true });
  });
  #paused = false;
  #gone = false;
  #asking = false;
  #stale = false; // other rows are wanted since they were asked for
  #opened = 0; // number of the row that is open, 0 for none
  #box;
  #actions;
  #name;
  #list;
  /** @type {LinkSnapshot | undefined} */
  #snapshot;

  /** @param {Parts<LinkAction>} parts */
  constructor({ id, el, box, actions }) {
    this.#box = box;
    this.#actions = actions;
    this.#name = make("span", "lk-name", { id: `${id}-name` });
    this.#list = new VirtualList(
      id,
      () => this.#askForRows(),
      (row) => this.#askForDetails(row),
    );
    this.#pause.addEventListener("click", () => this.#togglePause());
    this.#save.addEventListener("click", () => actions.ask({ kind: "har" }, { done: download }));
    const tools = [...this.#filters.controls, this.#pause, this.#save];
    el.classList.add("lk-wide");
    box.classList.add("lk-wire");
    box.append(
      make("header", "lk-head", {}, this.#name, this.#word),
      make("div", "lk-tools", { role: "group", "aria-label": "Filter and record" }, ...tools),
      make("div", "lk-middle", {}, this.#list.grid, this.#empty, this.#list.jump),
      this.#note,
      actions.notice,
      this.#details.section,
    );
  }

  /**
   * @param {LinkSnapshot} snapshot
   * @param {boolean} gone
   */
  update(snapshot, gone) {
    const { name, link, connectionCount: count } = snapshot;
    this.#snapshot = snapshot;
    this.#gone = gone;
    const isLive = snapshot.following && !gone;
    const connections = `${count} ${count === 1 ? "connection" : "connections"}`;
    put(this.#name, `Link ${name}`);
    const word = `${link}, ${connections}${isLive ? "" : ", no longer followed"}`;
    put(this.#word, gone ? NO_KERNEL : word);
    this.#box.dataset.state = isLive && link === "whole" ? "open" : "closed";
    this.#save.disabled = gone;
    this.#filters.offer(snapshot.kinds);
    if (!this.#paused) this.#askForRows();
  }

  stop() {
    this.#list.stop();
  }

  /** One window at a time: what changes meanwhile is asked for when the answer is there. */
  #askForRows() {
    if (this.#gone) return;
    this.#stale = this.#asking;
    if (this.#asking) return;
    this.#asking = true;
    this.#actions.ask(
      {
        kind: "window",
        ...this.#list.window,
        ...this.#filters.wanted,
        opened: this.#opened,
      },
      {
        done: (/** @type {Rows} */ rows) => {
          this.#asking = false;
          this.#list.show(rows);
          if (!rows.hasOpened) this.#closeDetails();
          this.#showCounts();
          if (this.#stale) this.#askForRows();
        },
        undo: () => {
          this.#asking = false;
          return "";
        },
      },
    );
  }

  /** @param {ShownRow} row */
  #askForDetails({ n }) {
    this.#opened = n;
    this.#actions.ask(
      { kind: "row", number: n },
      {
        done: (/** @type {Details} */ details) => {
          if (details.number === this.#opened) this.#details.show(details);
        },
      },
    );
  }

  /** The open row was filtered away. */
  #closeDetails() {
    this.#opened = 0;
    this.#details.hide();
  }

  #togglePause() {
    this.#paused = !this.#paused;
    this.#pause.setAttribute("aria-pressed", String(this.#paused));
    put(this.#pause, this.#paused ? "Go on" : "Pause");
    this.#list.pause(this.#paused);
    this.#showCounts();
  }

  #showCounts() {
    if (!this.#snapshot) return;
    const { count, dropped } = this.#snapshot;
    const { matching, hidden } = this.#list;
    this.#empty.hidden = matching > 0;
    put(this.#empty, count ? "No row matches." : "Nothing has crossed yet.");
    const heartbeats = hidden === 1 ? "1 heartbeat hidden" : `${hidden} heartbeats hidden`;
    const pause = this.#paused ? " Paused: what crosses now is recorded, not shown." : "";
    const lost = dropped ? ` ${dropped} earlier rows were dropped to save memory.` : "";
    put(
      this.#note,
      `${matching} of ${count} rows${hidden ? `, ${heartbeats}` : ""}.${pause}${lost}`,
    );
  }
}

export default viewOf((/** @type {Parts<LinkAction>} */ parts) => new WireView(parts));
