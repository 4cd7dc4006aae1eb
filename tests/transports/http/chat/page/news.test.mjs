// What a chat's server sends down, and what is none of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isHeartbeat,
  isId,
  isLost,
  isMessage,
  readJson,
} from "../../../../../labkit/transports/http/chat/page/news.js";

const NOTHING = [undefined, null, [], {}, "hi", NaN];

test("what is no JSON is nothing that a server sends", () => {
  assert.deepEqual(readJson('{"text": "hi"}'), { text: "hi" });
  for (const json of ["", "<html>", "{", undefined]) assert.equal(readJson(json), undefined);
});

test("a message has text or bytes, and perhaps an id", () => {
  const right = [{ text: "" }, { base64: "AAE=" }, { id: "0000000e-1", text: "hi" }];
  assert.ok(right.every(isMessage));
  const wrong = [{ text: 1 }, { base64: "%" }, { id: "9", text: "hi" }, { id: null, text: "hi" }];
  for (const each of [...NOTHING, ...wrong]) assert.equal(isMessage(each), false);
});

test("an id has the epoch of its server and a number", () => {
  assert.ok(isId("0000000e-12"));
  for (const each of [...NOTHING, "e-1", "0000000e", "0000000E-1", "0000000e-1 "]) {
    assert.equal(isId(each), false);
  }
});

test("a gap has a size, or nobody knows it", () => {
  assert.ok([0, 7, null].every(isLost));
  for (const each of [-1, 0.5, "7", undefined, Infinity]) assert.equal(isLost(each), false);
});

test("a heartbeat says when the next one is due", () => {
  assert.ok([5, 0.2].every(isHeartbeat));
  for (const each of [...NOTHING, 0, -1, "5"]) assert.equal(isHeartbeat(each), false);
});
