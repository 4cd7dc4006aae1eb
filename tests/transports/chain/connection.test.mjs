// The chain: a WebSocket, an event stream, long polling, each if the one before does not work.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeWebSocket, notingPage } from "../../support/dom.mjs";
import { FakeEventSource, fakeServer, settled, stopClock } from "../../support/http.mjs";

const { connectByChain } = await import("../../../labkit/transports/chain/connection.js");

globalThis.WebSocket = FakeWebSocket;
globalThis.EventSource = FakeEventSource;

function start(t) {
  const turn = stopClock(t);
  const server = fakeServer();
  const { told, page } = notingPage();
  FakeWebSocket.last = FakeEventSource.last = null;
  const connection = connectByChain(page);
  const shown = (name) => told.filter(([each]) => each === name).map(([, value]) => value);
  const lines = (kind) =>
    shown("add")
      .filter((line) => line.kind === kind)
      .map(({ text }) => text);
  return {
    turn,
    server,
    connection,
    states: () => shown("showState"),
    badges: () => shown("showTransport"),
    notes: () => lines("note"),
    heard: () => lines("heard"),
  };
}

/** Lets the WebSocket work, in both directions. */
async function proveSocket(cursor = "0000000e-0") {
  const socket = FakeWebSocket.last;
  socket.opens();
  socket.receives(JSON.stringify({ next: cursor }));
  await settled();
  assert.deepEqual(JSON.parse(socket.sent.at(-1)), { number: 0, text: "" });
  socket.receives('{"ack": 0}');
  await settled();
  return socket;
}

/** Lets the event stream work, in both directions. */
async function proveStream(server) {
  const stream = FakeEventSource.last;
  await stream.receives({ event: "heartbeat", data: "5", id: "0000000e-0" });
  await server.one().answers(204);
  return stream;
}

test("a WebSocket that works both ways is taken, and carries what one says", async (t) => {
  const { connection, states, badges, server, heard } = start(t);
  const socket = FakeWebSocket.last;
  assert.match(socket.address, /^ws:\/\/localhost:8888\/ws\?client=[0-9a-f]{16}$/);
  await proveSocket();
  assert.deepEqual([states(), badges(), server.all()], [["open"], ["websocket"], []]);
  const marks = [];
  connection.say("hi", "", (status) => marks.push(status));
  assert.deepEqual(JSON.parse(socket.sent.at(-1)), { number: 1, text: "hi" });
  socket.receives('{"ack": 1}');
  socket.receives('{"id": "0000000e-2", "text": "hello"}');
  await settled();
  assert.deepEqual([marks, heard()], [["sending", "acknowledged"], ["hello"]]);
});

test("if it is refused, the event stream is next, and the page says why", async (t) => {
  const { states, badges, notes, server } = start(t);
  FakeWebSocket.last.end(1006);
  await settled();
  assert.deepEqual(states(), []);
  await proveStream(server);
  assert.deepEqual([states(), badges()], [["open"], ["sse"]]);
  assert.deepEqual(notes(), ["No websocket: The WebSocket closed with 1006."]);
});

test("one that opens and passes nothing on is given up after 3 s", async (t) => {
  const { turn, notes, server, badges } = start(t);
  FakeWebSocket.last.opens();
  await turn(3);
  await turn(3); // nor does the stream say anything
  const poll = server.one();
  assert.equal(poll.query.wait, "0");
  await poll.tells({ next: "0000000e-0" });
  const [, post] = server.all();
  await post.answers(204);
  assert.deepEqual(badges(), ["longpoll"]);
  assert.deepEqual(notes(), [
    "No websocket: Nothing comes down within 3 s.",
    "No sse: Nothing comes down within 3 s.",
  ]);
  assert.equal(FakeWebSocket.last.closedWith, 4001);
});

test("a way that breaks is tried first again; the cursor goes from way to way", async (t) => {
  const { turn, states, badges, heard, notes, server } = start(t);
  const socket = await proveSocket("0000000e-3");
  socket.receives('{"id": "0000000e-4", "text": "four"}');
  socket.end(1006);
  await settled();
  assert.deepEqual(
    [states(), badges()],
    [
      ["open", "reconnecting"],
      ["websocket", ""],
    ],
  );
  await turn(1);
  assert.match(FakeWebSocket.last.address, /after=0000000e-4$/);
  FakeWebSocket.last.end(1006);
  await settled();
  assert.equal(FakeEventSource.last.query.after, "0000000e-4");
  await FakeEventSource.last.receives({ data: '{"text": "four"}', id: "0000000e-4" });
  await FakeEventSource.last.receives({ data: '{"text": "five"}', id: "0000000e-5" });
  await proveStream(server);
  assert.deepEqual([heard(), badges().at(-1)], [["four", "five"], "sse"]);
  assert.equal(notes().at(-1), "Connected again. Nothing that others said was missed.");
});

test("what was not acknowledged goes up by the next way, under its number", async (t) => {
  const { turn, connection, server } = start(t);
  const socket = await proveSocket();
  const marks = [];
  connection.say("hi", "", (status) => marks.push(status));
  socket.end(1006);
  await settled();
  await turn(1);
  FakeWebSocket.last.end(1006);
  await settled();
  await proveStream(server);
  assert.equal(connection.isOpen, false);
  await turn(1);
  const post = server.one();
  assert.deepEqual([post.query.number, post.body, marks], ["1", "hi", ["sending"]]);
  await post.answers(204);
  assert.deepEqual([marks.at(-1), connection.isOpen], ["acknowledged", true]);
});

test("one that breaks three times soon after it opened is left for the next", async (t) => {
  const { turn, server, badges } = start(t);
  for (let time = 0; time < 3; time += 1) {
    const socket = await proveSocket();
    socket.end(1006);
    await settled();
    await turn(1);
  }
  await proveStream(server);
  assert.equal(badges().at(-1), "sse");
});

test("while no way works it is reconnecting, and tries all of them again", async (t) => {
  const { turn, states, notes, server } = start(t);
  FakeWebSocket.last.end(1006);
  await settled();
  await FakeEventSource.last.isRefused();
  await server.one().breaks();
  await server.one().breaks();
  assert.deepEqual(states(), ["reconnecting"]);
  assert.equal(notes().at(-1), "None of the ways works. Trying again …");
  const before = FakeWebSocket.last;
  await turn(1);
  assert.notEqual(FakeWebSocket.last, before);
});

test("a server that refuses even long polling has the last word", async (t) => {
  const { turn, states, notes, server } = start(t);
  FakeWebSocket.last.end(4410);
  await settled();
  await FakeEventSource.last.isRefused();
  await server.one().answers(410, "The server has ended this connection");
  await server.one().answers(410, "The server has ended this connection");
  assert.deepEqual(states(), ["closed"]);
  assert.equal(
    notes().at(-1),
    "The server refuses with 410: The server has ended this connection.",
  );
  await turn(60);
  assert.deepEqual(server.all(), []);
});

test("posts that fail while it hears break a way", async (t) => {
  const { turn, connection, server, badges } = start(t);
  FakeWebSocket.last.end(1006);
  await settled();
  await proveStream(server);
  connection.say("hi", "", () => {});
  await server.one().breaks();
  assert.deepEqual(badges(), ["sse"]);
  await turn(1);
  await server.one().breaks();
  assert.deepEqual(badges(), ["sse", ""]);
});

/** Opens a page behind what refuses a WebSocket, so that it is on the event stream. */
async function startOnStream(t) {
  const started = start(t);
  FakeWebSocket.last.end(1006);
  await settled();
  const stream = await proveStream(started.server);
  return { ...started, stream };
}

/** Lets a probe of the WebSocket find that it works; then the page's own one is opened. */
async function proveProbe(server) {
  const socket = await proveSocket("0000000e-9");
  const leaving = server.one();
  const [, name] = socket.address.match(/client=([0-9a-f]{16})/);
  assert.deepEqual([leaving.method, leaving.path], ["DELETE", `/clients/${name}`]);
  await leaving.answers(204);
  assert.equal(socket.closedWith, 4001);
  return name;
}

test("a better way that comes to work is probed for another client, and then taken", async (t) => {
  const { turn, stream, server, states, badges, notes, heard, connection } = await startOnStream(t);
  await turn(2);
  const probed = await proveProbe(server);
  assert.match(FakeWebSocket.last.address, /after=0000000e-0$/);
  assert.doesNotMatch(FakeWebSocket.last.address, new RegExp(probed));
  await stream.receives({ data: '{"text": "one"}', id: "0000000e-1" });
  assert.deepEqual([badges(), stream.readyState], [["sse"], FakeEventSource.CONNECTING]);
  const socket = await proveSocket("0000000e-0");
  socket.receives('{"id": "0000000e-1", "text": "one"}');
  socket.receives('{"id": "0000000e-2", "text": "two"}');
  await settled();
  assert.deepEqual([states(), badges()], [["open"], ["sse", "websocket"]]);
  assert.deepEqual([heard(), stream.readyState], [["one", "two"], FakeEventSource.CLOSED]);
  assert.equal(notes().at(-1), "Changed to websocket, which works now.");
  connection.say("hi", "", () => {});
  assert.deepEqual(JSON.parse(socket.sent.at(-1)), { number: 1, text: "hi" });
  await turn(60);
  assert.equal(FakeWebSocket.last, socket); // there is nothing better to probe
});

test("what is posted during the change goes up once, by the way that is left or the other", async (t) => {
  const { turn, stream, server, states, connection } = await startOnStream(t);
  await turn(2);
  await proveProbe(server);
  const marks = [];
  connection.say("hi", "", (status) => marks.push(status));
  const post = server.one();
  assert.equal(post.query.number, "1");
  await stream.breaksOff(); // the server ends it: the WebSocket listens now
  assert.equal(post.isAborted, true);
  const socket = await proveSocket("0000000e-0");
  assert.deepEqual(JSON.parse(socket.sent.at(-1)), { number: 1, text: "hi" });
  socket.receives('{"ack": 1}');
  await settled();
  assert.deepEqual([marks, states()], [["sending", "acknowledged"], ["open"]]);
});

test("a better way that still does not work is probed ever more rarely, and said once", async (t) => {
  const { turn, notes, badges } = await startOnStream(t);
  for (const wait of [2, 4, 8]) {
    const before = FakeWebSocket.last;
    await turn(wait - 0.1);
    FakeEventSource.last.receives({ event: "heartbeat", data: "60", id: "0000000e-0" });
    assert.equal(FakeWebSocket.last, before);
    await turn(0.1);
    assert.notEqual(FakeWebSocket.last, before);
    FakeWebSocket.last.end(1006);
    await settled();
  }
  assert.deepEqual(notes(), ["No websocket: The WebSocket closed with 1006."]);
  assert.deepEqual(badges(), ["sse"]);
});

test("one that a probe proved, and that does not work after all, is not taken", async (t) => {
  const { turn, stream, server, states, badges } = await startOnStream(t);
  await turn(2);
  await proveProbe(server);
  FakeWebSocket.last.end(1006);
  await settled();
  await stream.receives({ event: "heartbeat", data: "5", id: "0000000e-0" });
  assert.deepEqual([states(), badges()], [["open"], ["sse"]]);
});

test("the way that breaks during a probe ends the probe", async (t) => {
  const { turn, stream, badges, server } = await startOnStream(t);
  await turn(2);
  const probe = FakeWebSocket.last;
  await stream.breaksOff();
  assert.deepEqual([probe.closedWith, badges()], [4001, ["sse", ""]]);
  await turn(1);
  await proveStream(server);
  assert.equal(badges().at(-1), "sse");
});
