// A connection over the browser's WebSocket, without a network.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeWebSocket, notingPage } from "../../support/dom.mjs";

const { connectRaw } = await import("../../../labkit/transports/websocket/connection.js");

globalThis.WebSocket = FakeWebSocket;

test("it dials where the page is from, and sends when it is open", () => {
  const { told, page } = notingPage();
  const connection = connectRaw(page);
  const socket = FakeWebSocket.last;
  assert.deepEqual([socket.address, connection.isOpen], ["ws://localhost:8888/", false]);
  socket.opens();
  connection.say("hi");
  assert.deepEqual([connection.isOpen, socket.sent], [true, ["hi"]]);
  assert.deepEqual(told, [["showState", "open"]]);
});

test("texts are heard, bytes by their number", () => {
  const { told, page } = notingPage();
  connectRaw(page);
  FakeWebSocket.last.receives("hi");
  FakeWebSocket.last.receives(new ArrayBuffer(7));
  const lines = ["hi", "7 bytes of binary data"].map((text) => ["add", { kind: "heard", text }]);
  assert.deepEqual(told, lines);
});

test("the end is told with its code and reason, and one can connect again", () => {
  const { told, page } = notingPage();
  const connection = connectRaw(page);
  const first = FakeWebSocket.last;
  first.end(1001, "going away");
  const text = "Closed with 1001 (going away).";
  assert.deepEqual(told, [
    ["add", { kind: "note", text }],
    ["showState", "closed"],
  ]);
  connection.connect();
  assert.notEqual(FakeWebSocket.last, first);
});
