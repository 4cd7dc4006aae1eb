// Short polling, against a server that a test is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { notingPage } from "../../support/dom.mjs";
import { fakeServer, stopClock } from "../../support/http.mjs";

const { connectByPolling } = await import("../../../labkit/transports/poll/connection.js");

test("it asks once a second, each time for what came since", async (t) => {
  const turn = stopClock(t);
  const server = fakeServer();
  const { told, page } = notingPage();
  connectByPolling(page);
  const first = server.one();
  assert.deepEqual([first.query.after, first.query.wait], [undefined, undefined]);
  await turn(3);
  assert.deepEqual(server.all(), []);
  await first.tells({ messages: [{ text: "Welcome" }], next: "0000000e-4" });
  assert.deepEqual(told, [
    ["showState", "open"],
    ["add", { kind: "heard", text: "Welcome" }],
  ]);
  await turn(0.9);
  assert.deepEqual(server.all(), []);
  await turn(0.2);
  const second = server.one();
  assert.deepEqual([second.query.after, second.query.client], ["0000000e-4", first.query.client]);
});

test("it asks on after a failure, and stops when it is refused", async (t) => {
  const turn = stopClock(t);
  const server = fakeServer();
  const { told, page } = notingPage();
  connectByPolling(page);
  await server.one().breaks();
  await turn(1);
  await server.one().answers(204);
  await turn(1);
  await server.one().answers(410, "The server has ended this connection.\n");
  await turn(9);
  assert.deepEqual(server.all(), []);
  const states = told.filter(([name]) => name === "showState").map(([, state]) => state);
  assert.deepEqual(states, ["reconnecting", "open", "closed"]);
});
