// A list of which only the rows in sight are in the page, so that fifty thousand of them scroll
// like fifty. They are all of one height. Its last rows are followed until the reader scrolls up.

import { make } from "../../front_end/dom.js";
import { headNode, rowNode } from "./row.js";

/** @import { Rows, ShownRow } from "./messages.js" */

const AROUND = 20; // rows that are kept above and below those in sight

/**
 * What is in sight, in pixels.
 *
 * @typedef {object} Sight
 * @property {number} top  from the first row on
 * @property {number} room
 * @property {number} height  of a row
 */

/**
 * Returns which rows to ask for; -1 stands for the last ones.
 *
 * @param {Sight} sight
 * @param {boolean} following
 */
export function windowAround({ top, room, height }, following) {
  return {
    first: following ? -1 : Math.max(0, Math.floor(top / height) - AROUND),
    rows: Math.ceil(room / height) + 1 + 2 * AROUND,
  };
}

/**
 * Whether all rows in sight are there.
 *
 * @param {Sight} sight
 * @param {Rows} shown
 */
export function covers({ top, room, height }, { first, matching, rows }) {
  const upper = Math.floor(top / height);
  const lower = Math.min(matching, upper + Math.ceil(room / height));
  return upper >= first && lower <= first + rows.length;
}

/**
 * Returns the index to which a key leads, undefined for other keys.
 *
 * @param {string} key
 * @param {number} active  index of the chosen row, -1 for none
 * @param {Sight} sight
 * @param {number} matching  how many rows there are
 */
export function indexAfter(key, active, { top, room, height }, matching) {
  const page = Math.floor(room / height);
  switch (key) {
    case "ArrowDown":
      return active < 0 ? Math.floor(top / height) : active + 1;
    case "ArrowUp":
      return active < 0 ? Math.floor(top / height) : active - 1;
    case "PageDown":
      return active + page;
    case "PageUp":
      return active - page;
    case "Home":
      return 0;
    case "End":
      return matching - 1;
    default:
      return undefined;
  }
}

export class VirtualList {
  #head = headNode();
  #space = make("div", "lk-space", { role: "rowgroup" });
  grid = make(
    "div",
    "lk-grid",
    { role: "grid", tabindex: "0", "aria-label": "What crossed; Enter opens a row" },
    make("div", "lk-heads", { role: "rowgroup" }, this.#head),
    this.#space,
  );
  jump = make("button", "lk-jump", { type: "button", hidden: "" }, "↓ Newest");
  #resized = new ResizeObserver(() => {
    this.#end = 0;
    this.#onWanted();
  });
  /** @type {Rows} */
  #shown = { first: 0, matching: 0, hidden: 0, hasOpened: true, rows: [] };
  #following = true;
  #paused = false;
  #active = -1; // index among the matches
  #toOpen = false; // the active row is to be opened, and on its way
  #pressed = false;
  #end = 0; // where following left the rows; 0 if it did not yet
  #own = -1; // where the list scrolled itself: the event of that is not the reader's
  #height = 24; // of a row; measured as soon as there is one
  #id;
  #onWanted;
  #onOpen;

  /**
   * @param {string} id  unique on the page
   * @param {() => void} onWanted  called when `window` tells of other rows
   * @param {(row: ShownRow) => void} onOpen  called when the reader opens a row
   */
  constructor(id, onWanted, onOpen) {
    this.#id = id;
    this.#onWanted = onWanted;
    this.#onOpen = onOpen;
    this.grid.addEventListener("keydown", (event) => this.#onKey(event));
    this.grid.addEventListener("scroll", () => this.#onScroll());
    this.jump.addEventListener("click", () => {
      this.#following = true;
      onWanted();
      this.grid.focus();
    });
    this.#listenToPointer();
    this.#resized.observe(this.grid);
  }

  stop() {
    this.#resized.disconnect();
  }

  /** The rows to ask for. */
  get window() {
    return windowAround(this.#sight, this.#following);
  }

  get matching() {
    return this.#shown.matching;
  }

  get hidden() {
    return this.#shown.hidden;
  }

  /** @param {Rows} rows */
  show(rows) {
    this.#shown = rows;
    this.#draw();
    if (this.#toOpen) this.#open();
  }

  /** Other rows match: starts at their end. */
  startOver() {
    this.#active = -1;
    this.#following = true;
    this.#end = 0;
    this.#onWanted();
  }

  /** @param {boolean} paused  whether the rows stand still */
  pause(paused) {
    this.#paused = paused;
    this.#following = !paused;
    this.#draw();
    if (!paused) this.#onWanted();
  }

  /** @returns {Sight} */
  get #sight() {
    const { scrollTop, clientHeight } = this.grid;
    return { top: scrollTop, room: clientHeight, height: this.#height };
  }

  get #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.grid;
    return scrollHeight - scrollTop - clientHeight < this.#height;
  }

  #draw() {
    const { first, matching, rows } = this.#shown;
    const { grid } = this;
    if (grid.clientHeight && grid.scrollTop < this.#end - 1) {
      this.#following = false; // the event of the scroll is still to come
    }
    grid.setAttribute("aria-rowcount", String(matching + 1));
    this.#place(rows, first);
    const node = this.#space.firstElementChild;
    const real = node instanceof HTMLElement ? node.offsetHeight : 0;
    if (real && Math.abs(real - this.#height) > 0.5) {
      this.#height = real;
      this.#place(rows, first);
    }
    this.jump.hidden = this.#following || !matching || this.#atEnd;
    if (this.#following) {
      grid.scrollTop = grid.scrollHeight;
      this.#own = grid.scrollTop;
    }
    this.#end = this.#following ? grid.scrollTop : 0;
    const chosen = rows[this.#active - first];
    if (chosen) grid.setAttribute("aria-activedescendant", `${this.#id}-${chosen.n}`);
    else grid.removeAttribute("aria-activedescendant");
  }

  /**
   * @param {ShownRow[]} rows
   * @param {number} first
   */
  #place(rows, first) {
    this.#space.style.height = `${this.matching * this.#height}px`;
    const nodes = rows.map((row, offset) => {
      const node = rowNode(row);
      node.id = `${this.#id}-${row.n}`;
      node.setAttribute("aria-rowindex", String(first + offset + 2));
      node.setAttribute("aria-selected", String(first + offset === this.#active));
      node.style.top = `${(first + offset) * this.#height}px`;
      return node;
    });
    this.#space.replaceChildren(...nodes);
  }

  /** @param {number} index */
  #choose(index) {
    this.#active = Math.max(0, Math.min(index, this.matching - 1));
    this.#toOpen = false;
    this.#following = false;
    const { grid } = this;
    const upper = this.#active * this.#height;
    const room = grid.clientHeight - this.#head.offsetHeight;
    if (upper < grid.scrollTop) grid.scrollTop = upper;
    else if (upper + this.#height > grid.scrollTop + room) {
      grid.scrollTop = upper + this.#height - room;
    }
    this.#own = grid.scrollTop;
    this.#draw();
    if (!this.#paused) this.#onWanted();
  }

  #open() {
    const row = this.#shown.rows[this.#active - this.#shown.first];
    this.#toOpen = !row && this.#active >= 0; // its window is on the way
    if (row) this.#onOpen(row);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const index = indexAfter(event.key, this.#active, this.#sight, this.matching);
    if (index !== undefined) this.#choose(index);
    else if (event.key === "Enter") this.#open();
    else return;
    event.preventDefault();
  }

  #onScroll() {
    const was = this.#following;
    if (this.grid.scrollTop !== this.#own) {
      this.#own = -1;
      this.#following = this.#atEnd && !this.#paused;
    }
    this.jump.hidden = this.#following || !this.matching;
    if (was !== this.#following || !covers(this.#sight, this.#shown)) this.#onWanted();
  }

  // What crosses while a button is down replaces the rows, and then there is no click.
  #listenToPointer() {
    const space = this.#space;
    space.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.#pressed = true;
      this.#choose(this.#indexAt(event));
    });
    space.addEventListener("pointerup", () => {
      if (this.#pressed) this.#open();
      this.#pressed = false;
    });
    space.addEventListener("pointerleave", () => {
      this.#pressed = false;
    });
    space.addEventListener("click", (event) => {
      if (event.detail) return;
      this.#choose(this.#indexAt(event)); // of a screen reader: no button went down
      this.#open();
    });
  }

  /** @param {MouseEvent} event */
  #indexAt({ target, clientY }) {
    const row = target instanceof Element ? target.closest(".lk-row") : null;
    if (row) return Number(row.getAttribute("aria-rowindex")) - 2;
    return Math.floor((clientY - this.#space.getBoundingClientRect().top) / this.#height);
  }
}
