// The WebSocket of a fallback chain, without a network.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeWebSocket } from "../../support/dom.mjs";
import { notingConnection, settled, stopClock } from "../../support/http.mjs";

const { SocketWay } = await import("../../../labkit/transports/chain/socket_way.js");

globalThis.WebSocket = FakeWebSocket;

function start(t, cursor = "") {
  const turn = stopClock(t);
  const connection = notingConnection(cursor);
  const end = new AbortController();
  const way = new SocketWay();
  way.listen(connection, end.signal);
  const socket = FakeWebSocket.last;
  const receives = (frame) => socket.receives(JSON.stringify(frame));
  return { turn, told: connection.told, end, way, socket, receives };
}

test("it dials with the client's name and cursor", (t) => {
  const { socket } = start(t, "0000000e-4");
  assert.equal(socket.address, "ws://localhost:8888/ws?after=0000000e-4");
});

test("a frame is a message, a cursor, a gap, or a heartbeat", (t) => {
  const { told, receives } = start(t);
  const frames = [
    { text: "Welcome" },
    { id: "0000000e-5", text: "hi" },
    { next: "0000000e-6" },
    { lost: null },
  ];
  for (const frame of [...frames, { heartbeat: 5 }]) receives(frame);
  assert.deepEqual(
    told.filter(([name]) => name !== "answered"),
    [
      ["heard", frames[0]],
      ["heard", frames[1]],
      ["cameTo", "0000000e-6"],
      ["missed", null],
      ["caughtUp"],
    ],
  );
  assert.equal(told.filter(([name]) => name === "answered").length, 5);
});

test("what goes up has a number, and its acknowledgement is the answer", async (t) => {
  const { way, socket, receives } = start(t);
  const early = await way.post(1, "hi");
  assert.match(early.problem, /not open/);
  socket.opens();
  const posting = way.post(1, "hi");
  assert.deepEqual(socket.sent.map(JSON.parse), [{ number: 1, text: "hi" }]);
  receives({ ack: 1 });
  assert.deepEqual(await posting, { problem: "", isFinal: false });
});

test("what is not acknowledged in time, or before the end, may not have arrived", async (t) => {
  const { turn, way, socket, receives, end } = start(t);
  socket.opens();
  const late = way.post(1, "hi");
  await turn(5);
  receives({ heartbeat: 5 });
  await turn(5);
  assert.match((await late).problem, /not acknowledged/);
  const cut = way.post(2, "hi");
  end.abort();
  assert.match((await cut).problem, /ended/);
});

test("it notices silence, by the heartbeats of the server", async (t) => {
  const { turn, told, receives } = start(t);
  receives({ heartbeat: 1 });
  await turn(1.9);
  receives({ next: "0000000e-1" });
  await turn(1.9);
  assert.equal(told.at(-1)[0], "cameTo");
  await turn(0.1);
  assert.deepEqual(told.at(-1), ["broke", "Nothing came for 2 s, not even a heartbeat."]);
});

test("a frame that nobody can read breaks it", (t) => {
  const wrong = ["<html>", "null", "[]", "{}", '{"text": 1}', '{"next": "9"}', '{"lost": -1}'];
  for (const frame of [...wrong, '{"heartbeat": 0}', '{"id": "9", "text": "hi"}']) {
    const { told, socket } = start(t);
    socket.receives(frame);
    assert.deepEqual(told, [
      ["broke", "What answers in place of this chat's server is not a chat."],
    ]);
  }
});

test("its end is told with its code; one tells that the server refuses this client", (t) => {
  const { told, socket } = start(t);
  socket.end(1006);
  assert.deepEqual(told, [["broke", "The WebSocket closed with 1006."]]);
  const { told: second, socket: other } = start(t);
  other.end(4410, "the server ended it");
  const why = "The WebSocket closed with 4410 (the server ended it).";
  assert.deepEqual(second, [["refused", why]]);
});

test("told to end, it says that the client goes on elsewhere, and tells nothing any more", async (t) => {
  const { turn, told, socket, end } = start(t);
  socket.opens();
  end.abort();
  await settled();
  await turn(60);
  assert.deepEqual([socket.closedWith, told], [4001, []]);
});
