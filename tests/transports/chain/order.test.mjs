// The order in which the ways of a fallback chain are tried.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Order } from "../../../labkit/transports/chain/order.js";

test("as given at first; then the one that worked last comes first", () => {
  const order = new Order(["websocket", "sse", "longpoll"]);
  assert.deepEqual(order.next, ["websocket", "sse", "longpoll"]);
  order.onProved("sse");
  assert.deepEqual(order.next, ["sse", "websocket", "longpoll"]);
});

test("one that breaks three times in a row soon after its opening comes last", () => {
  const order = new Order(["websocket", "sse", "longpoll"]);
  order.onProved("websocket");
  for (const stood of [3, 9.9, 11, 3, 3]) order.onBroken("websocket", stood);
  assert.deepEqual([order.isLeft("websocket"), order.next[0]], [false, "websocket"]);
  order.onBroken("websocket", 3);
  assert.equal(order.isLeft("websocket"), true);
  assert.deepEqual(order.next, ["sse", "longpoll", "websocket"]);
});
