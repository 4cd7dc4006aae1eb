// Silence, which neither an `EventSource` nor a `WebSocket` notices.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Silence } from "../../../../../labkit/transports/http/chat/page/silence.js";
import { stopClock } from "../../../../support/http.mjs";

function start(t) {
  const turn = stopClock(t);
  const told = [];
  return { turn, told, silence: new Silence((seconds) => told.push(seconds)) };
}

test("it is noticed after two heartbeats, from the start and from each sign of life", async (t) => {
  const { turn, told, silence } = start(t);
  await turn(9.9);
  silence.end();
  await turn(9.9);
  assert.deepEqual(told, []);
  await turn(0.1);
  assert.deepEqual(told, [10]);
});

test("the server says how long a heartbeat takes, until it says otherwise", async (t) => {
  const { turn, told, silence } = start(t);
  silence.end(0.5);
  silence.end();
  await turn(1);
  assert.deepEqual(told, [1]);
});

test("nobody is told after the end", async (t) => {
  const { turn, told, silence } = start(t);
  silence.stop();
  await turn(60);
  assert.deepEqual(told, []);
});
