// Which rows of a long list are asked for, and where keys lead.

import assert from "node:assert/strict";
import { test } from "node:test";
import "../../support/dom.mjs";

const { covers, indexAfter, VirtualList, windowAround } = await import(
  "../../../labkit/views/link/virtual_list.js"
);

const SIGHT = { top: 2400, room: 240, height: 24 }; // rows 100 to 109

test("rows around those in sight are asked for, the last ones while they are followed", () => {
  assert.deepEqual(windowAround(SIGHT, false), { first: 80, rows: 51 });
  assert.deepEqual(windowAround({ ...SIGHT, top: 0 }, false), { first: 0, rows: 51 });
  assert.deepEqual(windowAround(SIGHT, true), { first: -1, rows: 51 });
});

test("nothing is asked for while all rows in sight are there", () => {
  const shown = (first, count, matching = 1000) => ({ first, matching, rows: Array(count) });
  assert.equal(covers(SIGHT, shown(80, 51)), true);
  assert.equal(covers(SIGHT, shown(101, 51)), false);
  assert.equal(covers(SIGHT, shown(80, 25)), false);
  assert.equal(covers(SIGHT, shown(80, 25, 105)), true);
});

test("a chosen row is not left by itself: the scroll that was the list's own is not a reader's", () => {
  const list = new VirtualList(
    "id",
    () => {},
    () => {},
  );
  const { grid } = list;
  const size = { clientHeight: 240, scrollHeight: 480 };
  for (const [name, value] of Object.entries(size)) Object.defineProperty(grid, name, { value });
  const scroll = (top) => {
    if (top !== undefined) grid.scrollTop = top;
    grid.dispatchEvent(new Event("scroll"));
  };
  Object.defineProperty(grid, "scrollTop", {
    get: () => size.top ?? 0,
    set: (top) => {
      size.top = Math.min(top, 240);
    },
  });
  list.show({ first: 0, matching: 20, hidden: 0, hasOpened: true, rows: [] });
  assert.equal(list.window.first, -1);
  grid.dispatchEvent(new KeyboardEvent("keydown", { key: "End" }));
  scroll(); // of the first drawing: it comes only now
  assert.notEqual(list.window.first, -1);
  scroll(100);
  scroll(240);
  assert.equal(list.window.first, -1);
});

test("keys lead from row to row, an arrow first to what is in sight", () => {
  const after = (key, active) => indexAfter(key, active, SIGHT, 1000);
  assert.deepEqual(
    ["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"].map((key) => after(key, 50)),
    [51, 49, 60, 40, 0, 999],
  );
  assert.deepEqual([after("ArrowDown", -1), after("ArrowUp", -1)], [100, 100]);
  assert.equal(after("x", 50), undefined);
});
