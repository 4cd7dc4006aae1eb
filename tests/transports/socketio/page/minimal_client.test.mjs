// Socket.IO by hand, over a WebSocket without a network.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { FakeWebSocket } from "../../../support/dom.mjs";

const { readPacket, MinimalClient, withAttachments } = await import(
  "../../../../labkit/transports/socketio/page/minimal_client.js"
);

globalThis.WebSocket = FakeWebSocket;
beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

function start() {
  const socket = new MinimalClient("/chat/socket.io", { token: "secret" });
  const told = [];
  for (const name of ["open", "connect", "disconnect", "connect_error"]) {
    socket.on(name, (...values) => told.push([name, ...values]));
  }
  socket.onAny((...event) => told.push(event));
  const line = FakeWebSocket.last;
  return { socket, line, told };
}

function startConnected() {
  const all = start();
  all.line.opens();
  all.line.receives('0{"sid":"x"}');
  all.line.receives('40{"sid":"y"}');
  all.told.length = all.line.sent.length = 0;
  return all;
}

test("a packet is taken apart: type, attachments, acknowledgement, and JSON", () => {
  const packet = (type, attachments, id, json) => ({ type, attachments, id, json });
  assert.deepEqual(
    readPacket('42["chat message","hi"]'),
    packet("2", 0, "", '["chat message","hi"]'),
  );
  assert.deepEqual(readPacket("4312[true]"), packet("3", 0, "12", "[true]"));
  assert.deepEqual(readPacket("452-/admin,7[]"), packet("5", 2, "7", "[]"));
  assert.deepEqual(readPacket("nonsense"), packet("", 0, "", ""));
});

test("attachments come into the places of their placeholders", () => {
  const [one, two] = [new ArrayBuffer(1), new ArrayBuffer(2)];
  const json = '["photo",{"_placeholder":true,"num":1},{"of":{"_placeholder":true,"num":0}}]';
  assert.deepEqual(withAttachments(json, [one, two]), ["photo", two, { of: one }]);
});

test("it dials beside the page, with the token, and joins the namespace when it is let in", () => {
  const { socket, line, told } = start();
  const query = "token=secret&EIO=4&transport=websocket";
  assert.equal(line.address, `ws://localhost:8888/chat/socket.io/?${query}`);
  line.opens();
  line.receives('0{"sid":"x"}');
  assert.deepEqual([line.sent, socket.connected], [["40"], false]);
  line.receives('40{"sid":"y"}');
  assert.deepEqual([told, socket.connected], [[["open"], ["connect"]], true]);
  assert.equal(socket.id, "y");
});

test("a ping is answered, and what nobody can read is passed over", () => {
  const { line, told } = startConnected();
  for (const text of ["2", "6", "", "4"]) line.receives(text);
  assert.deepEqual([line.sent, told], [["3"], []]);
});

test("a packet that carries nonsense ends the connection, as with the real client", () => {
  for (const text of ['42["chat message"', "42<html>", "42{}", "42[1]", "42", "430{}", "40null"]) {
    const { line, told } = startConnected();
    line.receives(text);
    assert.deepEqual([told, line.readyState], [[["disconnect", "parse error"]], 3]);
  }
});

test("an event is told, and acknowledged if the server wants to know", () => {
  const { line, told } = startConnected();
  line.receives('42["chat message","hi"]');
  line.receives('425["offer","tea"]');
  assert.deepEqual(told[0], ["chat message", "hi"]);
  told[1].pop()("taken");
  assert.deepEqual([told[1], line.sent], [["offer", "tea"], ['435["taken"]']]);
});

test("an event with bytes waits for them", () => {
  const { line, told } = startConnected();
  line.receives('451-["photo",{"_placeholder":true,"num":0}]');
  assert.deepEqual(told, []);
  const bytes = new ArrayBuffer(3);
  line.receives(bytes);
  assert.deepEqual(told, [["photo", bytes]]);
});

test("an acknowledgement reaches who waits for it, once; silence and the end are errors", () => {
  const { socket, line } = startConnected();
  const answers = [];
  for (const name of ["first", "second", "third"]) {
    socket.timeout(5000).emit("join", name, (error, told) => answers.push(error?.message ?? told));
  }
  assert.equal(line.sent[1], '421["join","second"]');
  line.receives('431[["tea"]]');
  line.receives('431[["again"]]');
  assert.deepEqual(answers, [["tea"]]);
  line.end(1006);
  assert.deepEqual(answers.slice(1), Array(2).fill("the connection has ended"));
  mock.timers.tick(5000);
  assert.equal(answers.length, 3);
});

test("how it ended is told in the client's words", () => {
  const ended = (happens) => {
    const { line, told } = startConnected();
    happens(line);
    return told.at(-1);
  };
  assert.deepEqual(
    ended((line) => line.end(1006)),
    ["disconnect", "transport close"],
  );
  assert.deepEqual(
    ended((line) => line.receives("41")),
    ["disconnect", "io server disconnect"],
  );
});

test("a refusal is told with its message, a failed handshake without one", () => {
  const refused = start();
  refused.line.opens();
  refused.line.receives('44{"message":"no room"}');
  assert.deepEqual(refused.told.slice(1), [["connect_error", { message: "no room" }]]);
  const failed = start();
  failed.line.end(1006);
  const silent = start();
  silent.line.opens();
  silent.line.receives("44");
  assert.deepEqual(silent.told.slice(1), [["connect_error", []]]);
  assert.equal(failed.told[0][1].message, "no WebSocket");
});
