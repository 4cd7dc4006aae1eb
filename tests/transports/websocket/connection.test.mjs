// A connection over the browser's WebSocket, without a network.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeWebSocket, notingPage, setAddress } from "../../support/dom.mjs";

const { connectRaw } = await import("../../../labkit/transports/websocket/connection.js");

globalThis.WebSocket = FakeWebSocket;

test("it dials where the page is from, and sends when it is open", () => {
  const { told, page } = notingPage();
  const connection = connectRaw(page);
  const socket = FakeWebSocket.last;
  const address = `ws://localhost:8888/?labkit-page=${connection.key}`;
  assert.deepEqual([socket.address, connection.isOpen], [address, false]);
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
  const { key } = connection;
  connection.connect();
  assert.notEqual(FakeWebSocket.last, first);
  assert.notEqual(connection.key, key); // the server knows it as another connection
});

const REFUSED = "Refused: 'hub.example' is not a name of this server (Host).";

/**
 * Behind Jupyter's proxy, with this answer to the question whether the server is there: opens, and
 * waits until the answer is known.
 */
async function openBehindProxy(t, answer, { endsBefore = false } = {}) {
  t.after(() => setAddress("http://localhost:8888/"));
  setAddress("http://localhost:8888/user/ann/proxy/4000/?token=x");
  const asked = [];
  globalThis.fetch = async (url) => {
    asked.push(url);
    if (!answer) throw new TypeError("Failed to fetch");
    return new Response(answer.text, answer);
  };
  const { told, page } = notingPage();
  connectRaw(page);
  const socket = FakeWebSocket.last;
  socket.opens();
  const early = [...told];
  if (endsBefore) socket.end(1006);
  await new Promise(setImmediate);
  return { told, early, asked, socket };
}

test("behind a proxy it is open once the server itself has answered", async (t) => {
  const { told, early, asked, socket } = await openBehindProxy(t, { status: 200, text: "" });
  assert.deepEqual(early, []);
  assert.deepEqual(told, [["showState", "open"]]);
  assert.deepEqual(asked, [location.href]);
  const address = "ws://localhost:8888/user/ann/proxy/4000/?token=x&labkit-page=";
  assert.equal(socket.address.slice(0, -16), address);
});

test("a server that refuses behind a proxy never looks open, and says why once", async (t) => {
  const headers = { "Content-Type": "text/plain; charset=utf-8" };
  const answer = { status: 403, headers, text: `${REFUSED}\n` };
  for (const endsBefore of [false, true]) {
    const { told, socket } = await openBehindProxy(t, answer, { endsBefore });
    assert.deepEqual(told, [
      ["add", { kind: "note", text: `The server refuses with 403: ${REFUSED}` }],
      ["showState", "closed"],
    ]);
    assert.equal(socket.readyState, 3);
  }
});

test("nor does a server that is gone; the proxy's own page is not quoted", async (t) => {
  const headers = { "Content-Type": "text/html" };
  for (const [answer, text] of [
    [{ status: 500, headers, text: "<html>" }, "No server answers behind the proxy (500)."],
    [null, "Nothing answers at this page's address."],
  ]) {
    const { told } = await openBehindProxy(t, answer);
    assert.deepEqual(told, [
      ["add", { kind: "note", text }],
      ["showState", "closed"],
    ]);
  }
});

test("a connection that ends before the server's answer was never open", async (t) => {
  const { told } = await openBehindProxy(t, { status: 200, text: "" }, { endsBefore: true });
  assert.deepEqual(told, [
    ["add", { kind: "note", text: "Closed with 1006." }],
    ["showState", "closed"],
  ]);
});

test("a code that the proxy hides is not told as one", async (t) => {
  const { told, socket } = await openBehindProxy(t, { status: 200, text: "" });
  socket.end(1005);
  const text = "Closed (the proxy hides the code; the box in the notebook shows it).";
  assert.deepEqual(told[1], ["add", { kind: "note", text }]);
});

test("without a proxy, no code is told as what it is", () => {
  const { told, page } = notingPage();
  connectRaw(page);
  FakeWebSocket.last.end(1005);
  assert.deepEqual(told[0], ["add", { kind: "note", text: "Closed with 1005." }]);
});
