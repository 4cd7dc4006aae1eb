// Server-sent events, by an `EventSource` that is told what comes.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { notingPage } from "../../support/dom.mjs";
import {
  FakeEventSource,
  fakeServer,
  notingConnection,
  settled,
  stopClock,
} from "../../support/http.mjs";

const { connectByEvents, listenToStream } = await import(
  "../../../labkit/transports/sse/connection.js"
);

globalThis.EventSource = FakeEventSource;

function start(t) {
  const turn = stopClock(t);
  const server = fakeServer();
  const { told, page } = notingPage();
  const connection = connectByEvents(page);
  const states = () => told.filter(([name]) => name === "showState").map(([, state]) => state);
  const lines = (kind) =>
    told
      .filter(([name, line]) => name === "add" && line.kind === kind)
      .map(([, line]) => line.text);
  return {
    turn,
    server,
    connection,
    states,
    notes: () => lines("note"),
    heard: () => lines("heard"),
  };
}

/** The stream that the page listens to now. */
function stream() {
  return FakeEventSource.last;
}

function heartbeat(id, seconds = 5) {
  return stream().receives({ event: "heartbeat", data: String(seconds), id });
}

test("it is open at the first event, not at the head of the answer", async (t) => {
  const { states } = start(t);
  assert.deepEqual([stream().path, stream().query.after], ["/events", undefined]);
  stream().onopen?.();
  await stream().receives({ id: "0000000e-0" }); // a block without data is no event
  assert.deepEqual(states(), []);
  await heartbeat("0000000e-0");
  assert.deepEqual(states(), ["open"]);
});

test("messages are heard once; what is for this page alone has no id of its own", async (t) => {
  const { connection, heard } = start(t);
  await stream().receives({ event: "private", data: '{"text": "Welcome"}' });
  await stream().receives({ data: '{"text": "one"}', id: "0000000e-1" });
  await stream().receives({ event: "private", data: '{"text": "Not passed on"}' });
  await stream().receives({ data: '{"text": "one"}', id: "0000000e-1" });
  await stream().receives({ data: '{"base64": "AAEC"}', id: "0000000e-2" });
  assert.deepEqual(heard(), ["Welcome", "one", "Not passed on", "3 bytes of binary data"]);
  assert.equal(connection.inbox.cursor, "0000000e-2");
});

test("a stream that broke off is opened again by the browser; the page only says so", async (t) => {
  const { connection, states, notes } = start(t);
  const first = stream();
  await heartbeat("0000000e-3");
  await first.breaksOff();
  assert.deepEqual(notes(), ["The event stream broke off. Trying again …"]);
  await first.receives({ data: '{"text": "one"}', id: "0000000e-4" });
  await heartbeat();
  assert.deepEqual(states(), ["open", "reconnecting", "open"]);
  assert.equal(notes()[1], "Connected again. Nothing that others said was missed.");
  assert.deepEqual([stream(), connection.inbox.cursor], [first, "0000000e-4"]);
});

test("it notices silence after two heartbeats, and opens another stream from where it was", async (t) => {
  const { turn, states, notes } = start(t);
  const first = stream();
  await heartbeat("0000000e-3");
  await turn(9.9);
  await heartbeat("0000000e-4");
  await turn(9.9);
  assert.deepEqual(states(), ["open"]);
  await turn(0.2);
  assert.deepEqual(states(), ["open", "reconnecting"]);
  assert.match(notes()[0], /^Nothing came for 10 s, not even a heartbeat\./);
  assert.equal(first.readyState, FakeEventSource.CLOSED);
  await turn(1);
  assert.deepEqual([stream() === first, stream().query.after], [false, "0000000e-4"]);
  await turn(10);
  assert.equal(notes().length, 1);
});

test("the server says how long a heartbeat takes", async (t) => {
  const { turn, states } = start(t);
  await heartbeat("0000000e-3", 15);
  await turn(29);
  assert.deepEqual(states(), ["open"]);
  await turn(1);
  assert.deepEqual(states(), ["open", "reconnecting"]);
});

test("a stream that says nothing at all is silent, too", async (t) => {
  const { turn, states } = start(t);
  await turn(10);
  assert.deepEqual(states(), ["reconnecting"]);
});

test("refused, it asks the server why, and tries again with a new stream a second later", async (t) => {
  const { turn, server, states, notes } = start(t);
  const first = stream();
  await heartbeat("0000000e-3");
  await first.isRefused();
  const asked = server.one();
  assert.deepEqual([asked.method, asked.query.number], ["POST", "0"]);
  await asked.answers(503, "This server is stopping.\n");
  assert.deepEqual(states(), ["open", "reconnecting"]);
  assert.deepEqual(notes(), [
    "The server refuses with 503: This server is stopping. Trying again …",
  ]);
  assert.equal(stream(), first);
  await turn(1);
  assert.deepEqual([stream() === first, stream().query.after], [false, "0000000e-3"]);
});

test("a refusal for good is told in the server's words, and no stream is opened any more", async (t) => {
  const { turn, server, states, notes } = start(t);
  const first = stream();
  await first.isRefused();
  await server.one().answers(410, "The server has ended this connection.\n");
  await turn(30);
  assert.deepEqual([stream(), server.all(), states()], [first, [], ["closed"]]);
  assert.deepEqual(notes(), ["The server refuses with 410: The server has ended this connection."]);
});

test("if the server does answer, something else refuses the stream", async (t) => {
  const { server, notes } = start(t);
  await stream().isRefused();
  await server.one().answers(204);
  assert.match(notes()[0], /^The server answers, but the event stream is refused/);
});

test("a gap is told, and the cursor is that of the server that told it", async (t) => {
  const { connection, notes } = start(t);
  await heartbeat("0000000e-3");
  await stream().receives({ event: "lost", data: "4", id: "0000000e-7" });
  assert.match(notes()[0], /^Lost: at most 4 messages/);
  await stream().receives({ event: "lost", data: "null", id: "0000000f-1" });
  assert.match(notes()[1], /^Lost: nobody knows how many/);
  assert.equal(connection.inbox.cursor, "0000000f-1");
});

test("an event that nobody can read ends the stream; another is opened from where it was", async (t) => {
  const { turn, states, notes, heard } = start(t);
  await heartbeat("0000000e-3");
  const wrong = [
    { data: "<html>", id: "0000000e-4" },
    { data: "null", id: "0000000e-4" },
    { data: '{"text": 1}', id: "0000000e-4" },
    { data: '{"text": "hi"}', id: "9" },
    { event: "private", data: "[]" },
    { event: "lost", data: '"many"', id: "0000000e-4" },
    { event: "heartbeat", data: "-1", id: "0000000e-4" },
  ];
  for (const event of wrong) {
    const before = stream();
    await before.receives(event);
    assert.equal(before.readyState, FakeEventSource.CLOSED);
    await turn(1);
    assert.deepEqual([stream() === before, stream().query.after], [false, "0000000e-3"]);
  }
  await heartbeat("0000000e-3");
  assert.deepEqual([states(), heard()], [["open", "reconnecting", "open"], []]);
  assert.equal(
    notes()[0],
    "What answers in place of this chat's server is not a chat. Trying again …",
  );
});

test("a stream that is over leaves nothing behind, however often it is opened again", async (t) => {
  const turn = stopClock(t);
  const end = new AbortController();
  listenToStream({ ...notingConnection(), ask: async () => "No." }, end.signal);
  for (let time = 0; time < 3; time += 1) {
    await stream().isRefused();
    await turn(1);
  }
  assert.equal(getEventListeners(end.signal, "abort").length, 1);
  end.abort();
  await settled();
  assert.equal(stream().readyState, FakeEventSource.CLOSED);
});
