// The probe of a better way, for a client of its own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeServer, settled, stopClock } from "../../support/http.mjs";

const { probe } = await import("../../../labkit/transports/chain/probe.js");

/** Probes a way that a test is. */
function start(t) {
  const turn = stopClock(t);
  const server = fakeServer();
  const end = new AbortController();
  const found = [];
  let way;
  let signal;
  const listen = async (given, ended) => {
    [way, signal] = [given, ended];
  };
  probe({ listen }, end.signal).then((refusal) => found.push(refusal));
  return { turn, server, end, found, way, signal };
}

test("it is proved in both directions, and its client leaves before the way is closed", async (t) => {
  const { server, found, way, signal } = start(t);
  way.inbox.heard({ id: "0000000e-7", text: "shown to nobody" });
  way.caughtUp();
  way.answered();
  await settled();
  const post = server.one();
  assert.deepEqual([post.method, post.query.number, post.body], ["POST", "0", ""]);
  await post.answers(204);
  const leaving = server.one();
  assert.deepEqual([leaving.method, leaving.path], ["DELETE", `/clients/${post.query.client}`]);
  assert.deepEqual([found, signal.aborted], [[], false]);
  await leaving.answers(204);
  assert.deepEqual([found, signal.aborted], [[null], true]);
});

test("each probe has a client of its own", (t) => {
  const [one, other] = [start(t), start(t)].map(({ way }) => way.address("ws").search);
  assert.notEqual(one, other);
});

test("one that passes nothing on is refused after 3 s, and closed", async (t) => {
  const { turn, server, found, signal } = start(t);
  await turn(3);
  assert.deepEqual(found, [{ why: "Nothing comes down within 3 s.", isFinal: false }]);
  assert.deepEqual([server.all(), signal.aborted], [[], true]);
});

test("that nothing answers its leave is no reason to wait for long", async (t) => {
  const { turn, server, found, way } = start(t);
  way.answered();
  await settled();
  await server.one().answers(204);
  await turn(2);
  assert.deepEqual(found, [null]);
});

test("it ends with what it is a probe for", async (t) => {
  const { end, found, signal } = start(t);
  end.abort();
  await settled();
  assert.deepEqual([found.length, signal.aborted], [1, true]);
});
