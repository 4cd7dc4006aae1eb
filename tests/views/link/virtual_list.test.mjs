// Which rows of a long list are asked for, and where keys lead.

import assert from "node:assert/strict";
import { test } from "node:test";
import "../../support/dom.mjs";

const { covers, indexAfter, windowAround } = await import(
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

test("keys lead from row to row, an arrow first to what is in sight", () => {
  const after = (key, active) => indexAfter(key, active, SIGHT, 1000);
  assert.deepEqual(
    ["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"].map((key) => after(key, 50)),
    [51, 49, 60, 40, 0, 999],
  );
  assert.deepEqual([after("ArrowDown", -1), after("ArrowUp", -1)], [100, 100]);
  assert.equal(after("x", 50), undefined);
});
