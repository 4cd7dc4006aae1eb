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

test("better than the current way are those that were given before it", () => {
  const order = new Order(["websocket", "sse", "longpoll"]);
  assert.deepEqual(order.better, []);
  order.onProved("longpoll");
  assert.deepEqual(order.better, ["websocket", "sse"]);
  order.onProved("websocket");
  assert.deepEqual(order.better, []);
});

test("better ways are probed ever more rarely, until the best one has stood for long", () => {
  const order = new Order(["websocket", "sse"]);
  const waits = () => Array.from({ length: 7 }, () => order.nextProbe());
  assert.deepEqual(waits(), [2, 4, 8, 16, 32, 60, 60]);
  order.onBroken("websocket", 9);
  order.onBroken("sse", 99);
  assert.equal(order.nextProbe(), 60);
  order.onBroken("websocket", 10);
  assert.equal(order.nextProbe(), 2);
});

test("one that a probe has proved has one more chance, and is left if it breaks soon again", () => {
  const order = new Order(["websocket", "sse"]);
  for (let time = 0; time < 3; time += 1) order.onBroken("websocket", 1);
  order.onProbed("websocket");
  assert.equal(order.isLeft("websocket"), false);
  order.onBroken("websocket", 1);
  assert.equal(order.isLeft("websocket"), true);
});
