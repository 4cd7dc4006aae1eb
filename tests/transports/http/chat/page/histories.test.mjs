// Histories one after the other, by the table that Python's client is tested with.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Histories } from "../../../../../labkit/transports/http/chat/page/histories.js";

const TABLE = new URL("../../../../support/histories.json", import.meta.url);

/** Returns what is believed of each step but the first; each is so many seconds after the last. */
function follow(t, [[first], ...steps]) {
  let now = 100_000;
  t.mock.method(performance, "now", () => now);
  const histories = new Histories();
  let before = first;
  return steps.map(([epoch, after]) => {
    now += after * 1000;
    const left = before;
    before = epoch;
    return histories.mayFollow(left, epoch);
  });
}

for (const { name, steps, is_believed } of JSON.parse(readFileSync(TABLE, "utf-8"))) {
  test(`${name}: ${is_believed ? "believed" : "servers that do not know each other"}`, (t) => {
    const believed = follow(t, steps);
    assert.equal(believed.pop(), is_believed);
    assert.ok(believed.every((each) => each));
  });
}
