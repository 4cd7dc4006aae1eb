// A connection over Socket.IO, with a client that is told what happens.

import assert from "node:assert/strict";
import { test } from "node:test";
import { notingPage } from "../../../support/dom.mjs";

const { connectSocketIO, described, lineOf } = await import(
  "../../../../labkit/transports/socketio/page/connection.js"
);

/** A client that has no network. */
function start() {
  const listeners = {};
  const emitted = [];
  const socket = {
    connected: true,
    active: true,
    io: { on() {} },
    on: (name, listener) => {
      listeners[name] = listener;
    },
    onAny: (listener) => {
      listeners.any = listener;
    },
    connect() {},
    timeout: () => ({ emit: (...event) => emitted.push(event) }),
  };
  globalThis.io = () => socket;
  const { told, page } = notingPage();
  const connection = connectSocketIO(page);
  delete globalThis.io;
  const tells = (name) => told.filter(([each]) => each === name).map(([, ...values]) => values);
  return { socket, listeners, emitted, connection, told, tells };
}

test("bytes are shown by their number, wherever they are", () => {
  assert.equal(described(new ArrayBuffer(5)), "5 bytes of binary data");
  const value = { of: "ann", small: new ArrayBuffer(3) };
  assert.equal(described(value), '{"of":"ann","small":"3 bytes of binary data"}');
});

test("chat messages are heard, other events are shown as calls", () => {
  assert.deepEqual(lineOf("chat message", ["hi"]), { kind: "heard", text: "hi" });
  const inRoom = { kind: "heard", text: "hi", room: "tea" };
  assert.deepEqual(lineOf("room message", ["tea", "hi"]), inRoom);
  const call = { kind: "event", text: 'chat message("hi", 2)' };
  assert.deepEqual(lineOf("chat message", ["hi", 2]), call);
});

test("one's own message is marked as what becomes of it, and its echo as having come back", () => {
  const { connection, listeners, emitted, tells } = start();
  const marks = [];
  connection.say("hi", "", (status) => marks.push(status));
  listeners.any("chat message", "hi");
  const [name, text, acknowledge] = emitted[0];
  acknowledge(null);
  assert.deepEqual([name, text, marks], ["chat message", "hi", ["sending", "acknowledged"]]);
  listeners.any("chat message", "hi");
  assert.deepEqual(tells("add"), [
    [{ kind: "heard", text: "hi", isEcho: true }],
    [{ kind: "heard", text: "hi", isEcho: false }],
  ]);
});

test("each connection has a session id of its own, which the page shows", () => {
  const { socket, listeners, connection, tells } = start();
  for (const id of ["one", "two"]) {
    socket.id = id;
    listeners.connect();
  }
  assert.deepEqual(tells("showSid"), [["one"], ["two"]]);
  assert.equal(connection.key, "two"); // by which the server knows it
});

test("what nobody acknowledges is marked as failed", () => {
  const { connection, emitted } = start();
  const marks = [];
  connection.say("hi", "tea", (status) => marks.push(status));
  const [name, room, text, acknowledge] = emitted[0];
  acknowledge(new Error("timeout"));
  assert.deepEqual([name, room, text, marks[1]], ["room message", "tea", "hi", "failed"]);
});

test("the rooms are those that the server tells, or those that were asked for", async () => {
  const { connection, emitted, tells } = start();
  const joined = connection.move("join", "tea");
  emitted[0].at(-1)(null, ["garden", "tea"]);
  const left = connection.move("leave", "garden");
  emitted[1].at(-1)(null);
  assert.deepEqual([await joined, await left], [true, true]);
  assert.deepEqual(tells("showRooms"), [[["garden", "tea"]], [["tea"]]]);
});

test("a room that is not acknowledged leaves the rooms as they are, and says so", async () => {
  const { connection, emitted, tells } = start();
  const joined = connection.move("join", "tea");
  emitted[0].at(-1)(new Error("timeout"));
  assert.equal(await joined, false);
  assert.match(tells("add")[0][0].text, /“join” was not acknowledged/);
  assert.deepEqual(tells("showRooms"), []);
});

test("rooms are lost with the connection", async () => {
  const { socket, connection, emitted, listeners, tells } = start();
  connection.move("join", "tea");
  emitted[0].at(-1)(null, ["tea"]);
  listeners.disconnect("transport close");
  assert.match(tells("add").at(-1)[0].text, /comes back by itself; your rooms are lost\.$/);
  assert.deepEqual(tells("showRooms").at(-1), [[]]);
  assert.deepEqual(tells("showState").at(-1), ["reconnecting"]);
  socket.active = false;
  listeners.disconnect("some new reason");
  const text = "The connection ended (some new reason). The client does not come back by itself.";
  assert.equal(tells("add").at(-1)[0].text, text);
  assert.deepEqual(tells("showState").at(-1), ["closed"]);
});

test("the same reason is told once, however many attempts fail by it", () => {
  const { listeners, tells } = start();
  for (const message of ["refused", "refused", "gone"]) listeners.connect_error({ message });
  const texts = tells("add").map(([{ text }]) => text);
  assert.deepEqual(texts, ["Cannot connect: refused.", "Cannot connect: gone."]);
  listeners.connect();
  listeners.connect_error({ message: "gone" });
  assert.equal(tells("add").length, 3);
});
