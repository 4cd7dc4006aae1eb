// How a connection is told, in the view of a server and on the chat page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { clockTime, shortSid } from "../../labkit/front_end/connection_words.js";

test("a time is told to the second, as the reader's system tells times", () => {
  const noon = new Date(2026, 10, 26, 12, 34, 56).getTime() / 1000;
  assert.equal(clockTime(noon), new Date(noon * 1000).toLocaleTimeString());
  assert.match(clockTime(noon), /34:56/);
});

test("of a long session id its beginning is told, a short one is whole", () => {
  assert.deepEqual(["0123456789", "012345678"].map(shortSid), ["01234567…", "012345678"]);
});
