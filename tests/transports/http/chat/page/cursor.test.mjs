// How far a client has come in its server's history.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Cursor } from "../../../../../labkit/transports/http/chat/page/cursor.js";

test("it moves on by numbers, never back", () => {
  const cursor = new Cursor();
  assert.equal(cursor.text, "");
  const moved = ["ab-9", "ab-10", "ab-10", "ab-9"].map((id) => cursor.moveTo(id));
  assert.deepEqual([moved, cursor.text], [[true, true, false, false], "ab-10"]);
});

test("the numbers of another start of the server are others", () => {
  const cursor = new Cursor();
  cursor.moveTo("ab-9");
  assert.deepEqual([cursor.moveTo("cd-1"), cursor.text, cursor.epoch], [true, "cd-1", "cd"]);
});

test("an event before any id says nothing of how far it is", () => {
  const cursor = new Cursor();
  cursor.moveTo("ab-9");
  assert.deepEqual([cursor.moveTo(""), cursor.text], [false, "ab-9"]);
});
