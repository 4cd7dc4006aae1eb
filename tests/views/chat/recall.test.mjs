// What was typed into a box.

import assert from "node:assert/strict";
import { test } from "node:test";

const { Recall } = await import("../../../labkit/views/chat/recall.js");

test("ArrowUp goes back to the first text, ArrowDown forth to what was being written", () => {
  const recall = new Recall();
  recall.add("one");
  recall.add("two");
  assert.equal(recall.next("ArrowUp", "a draft"), "two");
  assert.equal(recall.next("ArrowUp", "two"), "one");
  assert.equal(recall.next("ArrowUp", "one"), undefined);
  assert.equal(recall.next("ArrowDown", "one"), "two");
  assert.equal(recall.next("ArrowDown", "two"), "a draft");
  assert.equal(recall.next("ArrowDown", "a draft"), undefined);
});

test("other keys are left alone, and so is ArrowUp where nothing was typed", () => {
  const recall = new Recall();
  assert.equal(recall.next("ArrowUp", ""), undefined);
  recall.add("one");
  assert.equal(recall.next("a", ""), undefined);
});

test("what is sent twice is remembered once, and only so many are", () => {
  const recall = new Recall();
  for (let number = 0; number < 150; number += 1) recall.add(`text ${number}`);
  recall.add("text 149");
  const seen = [];
  for (let text = recall.next("ArrowUp", ""); text; text = recall.next("ArrowUp", text)) {
    seen.push(text);
  }
  assert.deepEqual([seen.length, seen[0], seen.at(-1)], [100, "text 149", "text 50"]);
});
