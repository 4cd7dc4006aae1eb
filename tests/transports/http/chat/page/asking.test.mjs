// "What is new?", and what comes of the answer.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fakeServer, notingConnection, settled } from "../../../../support/http.mjs";

const { askForNews } = await import("../../../../../labkit/transports/http/chat/page/asking.js");

/** Asks; returns the request, what the connection was told, and what was returned. */
function ask(how, cursor) {
  const server = fakeServer();
  const connection = notingConnection(cursor);
  const end = new AbortController();
  const returned = [];
  askForNews(connection, end.signal, how).then((value) => returned.push(value));
  return { sent: server.one(), told: connection.told, returned, end };
}

test("the news are heard, and the cursor moves past what was skipped", async () => {
  const { sent, told, returned } = ask({ wait: 5 }, "0000000e-1");
  assert.deepEqual([sent.method, sent.path], ["GET", "/messages"]);
  assert.deepEqual(sent.query, { after: "0000000e-1", wait: "5" });
  const messages = [{ text: "welcome" }, { id: "0000000e-2", text: "hi" }];
  await sent.tells({ messages, next: "0000000e-4" });
  assert.deepEqual(told, [
    ["answered"],
    ["heard", messages[0]],
    ["heard", messages[1]],
    ["cameTo", "0000000e-4"],
    ["caughtUp"],
  ]);
  assert.deepEqual(returned, ["news"]);
});

test("nothing new is an answer, too", async () => {
  const { sent, told, returned } = ask();
  await sent.answers(204);
  assert.deepEqual([told, returned], [[["answered"], ["caughtUp"]], ["nothing new"]]);
});

test("what is missing is told before what came after it, also if nobody knows how much", async () => {
  for (const lost of [3, null]) {
    const { sent, told } = ask();
    await sent.tells({ lost, messages: [{ id: "0000000e-9", text: "hi" }], next: "0000000e-9" });
    assert.deepEqual(told[1], ["missed", lost]);
    assert.equal(told[2][0], "heard");
  }
});

test("no answer and a refusal are told apart", async () => {
  const { sent, told, returned } = ask();
  await sent.answers(503, "This server is stopping.\n");
  assert.deepEqual(told, [["broke", "The server refuses with 503: This server is stopping."]]);
  assert.deepEqual(returned, ["no answer"]);
  const { sent: second, told: refused } = ask();
  await second.answers(410, "The server has ended this connection.\n");
  const why = "The server refuses with 410: The server has ended this connection.";
  assert.deepEqual(refused, [["refused", why]]);
});

test("after the end nothing is told", async () => {
  const { told, returned, end } = ask();
  end.abort();
  await settled();
  assert.deepEqual([told, returned], [[], ["no answer"]]);
});

test("what cannot be the answer of a chat's server is asked again, as Python's client does", async () => {
  const table = new URL("../../../../support/http_answers.json", import.meta.url);
  const rows = JSON.parse(readFileSync(table, "utf-8")).filter(({ method }) => method === "GET");
  for (const { status, type, body, verdict } of rows) {
    const { sent, told } = ask();
    await sent.answers(status, body, type);
    const verdicts = { answered: "answer", broke: "again", refused: "final" };
    assert.equal(verdicts[told[0][0]], verdict, `${status} ${type} ${body}`);
  }
  assert.ok(rows.length > 20);
});
