// One request and its answer, within a time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeServer, settled, stopClock } from "../../../../support/http.mjs";

const { pause, request } = await import(
  "../../../../../labkit/transports/http/chat/page/request.js"
);

const ADDRESS = new URL("http://localhost:8888/messages");

/** Sends a request; returns what it becomes, once it does. */
function send(ended = new AbortController().signal, body = undefined) {
  const server = fakeServer();
  const become = {};
  request(body === undefined ? "GET" : "POST", ADDRESS, ended, body).then((answer) =>
    Object.assign(become, answer),
  );
  return { become, sent: server.one() };
}

test("an answer has its content, or none", async () => {
  const { become, sent } = send();
  await sent.tells({ next: "0000000e-1" });
  assert.deepEqual(become, {
    content: { messages: [], next: "0000000e-1" },
    problem: "",
    isFinal: false,
  });
  const { become: posted, sent: post } = send(undefined, "hello");
  await post.answers(204);
  assert.deepEqual([post.method, post.body], ["POST", "hello"]);
  assert.deepEqual(posted, { problem: "", isFinal: false });
});

test("a refusal is quoted; it is final if it is about the request", async () => {
  for (const [status, isFinal] of [
    [400, true],
    [403, true],
    [408, false],
    [429, false],
    [503, false],
  ]) {
    const { become, sent } = send();
    await sent.answers(status, "Not so.\n");
    const problem = `The server refuses with ${status}: Not so.`;
    assert.deepEqual(become, { problem, isFinal });
  }
});

test("a web page in place of the answer is none: a post that got one was not taken", async () => {
  const { become, sent } = send(undefined, "hello");
  await sent.answers(200, "<h1>Log in", "text/html");
  assert.match(become.problem, /^A web page answers .* no longer logged in\.$/);
  assert.equal(become.isFinal, false);
});

test("no answer, and one that is cut short, has words", async () => {
  const { become, sent } = send();
  await sent.breaks();
  const expected = { problem: "Nothing answers at this page's address.", isFinal: false };
  assert.deepEqual(become, expected);
  const { become: cut, sent: second } = send();
  await second.answers(200, '{"messages": [', "application/json");
  assert.deepEqual(cut, expected);
});

test("it waits for two heartbeats, and then takes back the request", async (t) => {
  const turn = stopClock(t);
  const { become, sent } = send();
  await turn(9.9);
  assert.deepEqual([become, sent.isAborted], [{}, false]);
  await turn(0.2);
  const problem = "No answer came for 10 s.";
  assert.deepEqual([become, sent.isAborted], [{ problem, isFinal: false }, true]);
});

test("an answer whose body does not come is late, too", async (t) => {
  const turn = stopClock(t);
  const { become, sent } = send();
  const never = new ReadableStream({
    start(controller) {
      setTimeout(() => controller.error(new Error("aborted")), 10_001);
    },
  });
  sent.resolve(new Response(never, { headers: { "Content-Type": "application/json" } }));
  await settled();
  await turn(11);
  assert.equal(become.problem, "No answer came for 10 s.");
});

test("nobody waits for an answer after the end", async () => {
  const end = new AbortController();
  const { become, sent } = send(end.signal);
  end.abort();
  await settled();
  assert.equal(sent.isAborted, true);
  assert.equal(become.isFinal, false);
});

test("a pause takes its time, or until the end", async (t) => {
  const turn = stopClock(t);
  const end = new AbortController();
  const over = [];
  pause(1000, end.signal).then(() => over.push("first"));
  pause(9000, end.signal).then(() => over.push("second"));
  await turn(1);
  assert.deepEqual(over, ["first"]);
  end.abort();
  await settled();
  assert.deepEqual(over, ["first", "second"]);
});
