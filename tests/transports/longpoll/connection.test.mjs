// Long polling, against a server that a test is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { notingPage } from "../../support/dom.mjs";
import { fakeServer, stopClock } from "../../support/http.mjs";

const { connectByLongPolling } = await import("../../../labkit/transports/longpoll/connection.js");

function start(t) {
  const turn = stopClock(t);
  const server = fakeServer();
  const { told, page } = notingPage();
  connectByLongPolling(page);
  const states = () => told.filter(([name]) => name === "showState").map(([, state]) => state);
  return { turn, server, states };
}

test("the first answer comes at once and proves the way; then each is held, without a pause", async (t) => {
  const { turn, server, states } = start(t);
  const first = server.one();
  assert.equal(first.query.wait, "0");
  await first.tells({ next: "0000000e-4" });
  assert.deepEqual(states(), ["open"]);
  const second = server.one();
  assert.deepEqual([second.query.wait, second.query.after], ["5", "0000000e-4"]);
  await second.tells({ next: "0000000e-5" });
  const third = server.one();
  await turn(5);
  await third.answers(204);
  assert.equal(server.one().query.wait, "5");
});

test("one that is not held, with nothing new, is for another request: it asks again a second later", async (t) => {
  const { turn, server } = start(t);
  await server.one().answers(204);
  await server.one().answers(204);
  assert.deepEqual(server.all(), []);
  await turn(1);
  assert.equal(server.one().query.wait, "5");
});

test("after a failure it asks again a second later, for an answer at once; then holds for less", async (t) => {
  const { turn, server, states } = start(t);
  await server.one().answers(204);
  await server.one().breaks();
  assert.deepEqual([server.all(), states()], [[], ["open", "reconnecting"]]);
  await turn(1);
  const again = server.one();
  assert.equal(again.query.wait, "0");
  await again.answers(204);
  assert.deepEqual(states(), ["open", "reconnecting", "open"]);
  assert.equal(server.one().query.wait, "2");
});

test("that a question failed which was not held is no reason to hold for less", async (t) => {
  const { turn, server } = start(t);
  await server.one().breaks();
  await turn(1);
  await server.one().answers(204);
  assert.equal(server.one().query.wait, "5");
});

test("it notices silence within two heartbeats", async (t) => {
  const { turn, server, states } = start(t);
  await server.one().answers(204);
  const held = server.one();
  await turn(10);
  assert.deepEqual([held.isAborted, states()], [true, ["open", "reconnecting"]]);
});

test("refused, it asks no more", async (t) => {
  const { turn, server, states } = start(t);
  await server.one().answers(403, "No.");
  await turn(60);
  assert.deepEqual([server.all(), states()], [[], ["closed"]]);
});
