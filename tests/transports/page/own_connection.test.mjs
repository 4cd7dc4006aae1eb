// What a page tells of its own connection, with a server that is asked for the name.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeServer, stopClock } from "../../support/http.mjs";

const { OwnConnection } = await import("../../../labkit/transports/page/own_connection.js");

const JSON_TYPE = "application/json; charset=utf-8";

function start(t) {
  const turn = stopClock(t);
  const server = fakeServer();
  const node = document.createElement("span");
  const own = new OwnConnection(node);
  const open = async (key) => {
    own.opened(key);
    await turn(0);
    return server.one();
  };
  return { own, open, turn, server, told: () => node.textContent };
}

const named = (name) => JSON.stringify({ name });

test("it tells the name by which the server lists it, once it has come", async (t) => {
  const { own, open, told } = start(t);
  const request = await open("0123456789abcdef");
  assert.deepEqual(
    [request.method ?? "GET", request.path, request.query],
    ["GET", "/", { "labkit-page": "0123456789abcdef" }],
  );
  assert.match(told(), /^since \d+:\d\d:\d\d/);
  own.showSid("0123456789");
  const before = told();
  assert.match(before, /, sid 01234567…$/);
  await request.answers(200, named("guest 4"), JSON_TYPE);
  assert.equal(told(), `You are guest 4, ${before}`);
  own.ended();
  assert.equal(told(), "");
});

test("the connection's own next requests go first", (t) => {
  const { own, server } = start(t);
  own.opened("0123456789abcdef");
  assert.deepEqual(server.all(), []);
});

test("what is no answer to this question is as if it had not been asked", async (t) => {
  for (const [status, text, kind] of [
    [404, "No connection has this key.\n"],
    [404, named("guest 4"), JSON_TYPE],
    [201, named("guest 4"), JSON_TYPE],
    [302, "", JSON_TYPE],
    [200, named("guest 4"), "text/html"],
    [200, "<html>", JSON_TYPE],
    [200, "null", JSON_TYPE],
    [200, named(4), JSON_TYPE],
    [200, named(""), JSON_TYPE],
    [200, named("x".repeat(81)), JSON_TYPE],
    [200, '{"name": "guest 4", "messages": []}', JSON_TYPE],
  ]) {
    const { open, told } = start(t);
    const request = await open("0123456789abcdef");
    const before = told();
    await request.answers(status, text, kind);
    assert.equal(told(), before, `${status} ${text} ${kind}`);
  }
  const { open, told } = start(t);
  await (await open("0123456789abcdef")).breaks();
  assert.match(told(), /^since /);
});

test("a name is text, never markup", async (t) => {
  const { open, told } = start(t);
  await (await open("0123456789abcdef")).answers(200, named("<b>bob</b>"), JSON_TYPE);
  assert.match(told(), /^You are <b>bob<\/b>, since /);
});

test("it asks after each opening, and what comes late for another connection is dropped", async (t) => {
  const { own, open, told } = start(t);
  const first = await open("0123456789abcdef");
  own.ended();
  assert.equal(first.isAborted, true);
  await first.answers(200, named("guest 1"), JSON_TYPE);
  assert.equal(told(), "");
  const late = (await open("fedcba9876543210")).answers(200, named("guest 1"), JSON_TYPE);
  own.ended(); // the answer is there, but not read yet
  await late;
  assert.equal(told(), "");
  const second = await open("00000000000000ff");
  assert.equal(second.query["labkit-page"], "00000000000000ff");
  await second.answers(200, named("guest 2"), JSON_TYPE);
  assert.match(told(), /^You are guest 2, since /);
});

test("an end before it could ask asks nothing", async (t) => {
  const { own, turn, server } = start(t);
  own.opened("0123456789abcdef");
  own.ended();
  await turn(0);
  assert.deepEqual(server.all(), []);
});

test("a connection without a key is not asked about, nor is one that has ended", async (t) => {
  const { own, turn, server } = start(t);
  own.opened("");
  own.askName();
  own.ended();
  own.askName();
  await turn(0);
  assert.deepEqual(server.all(), []);
});

test("asked again, it tells the new name, and none if none is told", async (t) => {
  const { own, open, turn, server, told } = start(t);
  await (await open("0123456789abcdef")).answers(200, named("guest 1"), JSON_TYPE);
  own.askName();
  await turn(0);
  await server.one().answers(200, named("guest 3"), JSON_TYPE);
  assert.match(told(), /^You are guest 3, since /);
  own.askName();
  await turn(0);
  await server.one().answers(404);
  assert.match(told(), /^since /);
});
