// A client of a chat over HTTP, by the name in its addresses.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fakeServer } from "../../../../support/http.mjs";

const { Client } = await import("../../../../../labkit/transports/http/chat/page/client.js");

const NOBODY_ENDS = new AbortController().signal;

test("its name is in each address, and no other has it", () => {
  const [one, other] = [new Client(), new Client()];
  const nameIn = (address) => address.searchParams.get("client");
  assert.match(nameIn(one.address("events")), /^[0-9a-f]{16}$/);
  assert.equal(nameIn(one.address("ws", { after: "0000000e-1" })), nameIn(one.address("events")));
  assert.notEqual(nameIn(one.address("events")), nameIn(other.address("events")));
});

test("what it posts has its name and its number", async () => {
  const server = fakeServer();
  const client = new Client();
  const posting = client.post(3, "hi", NOBODY_ENDS);
  const sent = server.one();
  const { client: name, number } = sent.query;
  assert.deepEqual([sent.method, sent.path, number, sent.body], ["POST", "/messages", "3", "hi"]);
  assert.equal(name, client.address("events").searchParams.get("client"));
  await sent.answers(204);
  assert.deepEqual(await posting, { problem: "", isFinal: false });
});

test("it leaves also while the page goes, and whether that is answered makes no difference", async () => {
  const server = fakeServer();
  const client = new Client();
  const leaving = client.leave();
  const sent = server.one();
  const name = client.address("events").searchParams.get("client");
  assert.deepEqual([sent.method, sent.path, sent.keepalive], ["DELETE", `/clients/${name}`, true]);
  await sent.breaks();
  await leaving;
});

test("only the answer of a chat's server takes what is said, as with Python's client", async () => {
  const table = new URL("../../../../support/http_answers.json", import.meta.url);
  const rows = JSON.parse(readFileSync(table, "utf-8")).filter(({ method }) => method === "POST");
  for (const { status, type, body, verdict } of rows) {
    const server = fakeServer();
    const posting = new Client().post(1, "hi", NOBODY_ENDS);
    await server.one().answers(status, body, type);
    const { problem, isFinal } = await posting;
    const made = problem ? (isFinal ? "final" : "again") : "answer";
    assert.equal(made, verdict, `${status} ${type} ${body}`);
  }
  assert.ok(rows.length > 5);
});
