// What the pages over plain HTTP have in common.

import assert from "node:assert/strict";
import { test } from "node:test";
import { happens, notingPage, setAddress } from "../../../../support/dom.mjs";
import { fakeServer, stopClock } from "../../../../support/http.mjs";

const { HttpConnection } = await import(
  "../../../../../labkit/transports/http/chat/page/connection.js"
);

/** A connection whose way down is the test. */
function start() {
  const server = fakeServer();
  const { told, page } = notingPage();
  const ends = [];
  const connection = new HttpConnection(page, async (_, ended) => ends.push(ended));
  const states = () => told.filter(([name]) => name === "showState").map(([, state]) => state);
  const lines = (kind) =>
    told
      .filter(([name, line]) => name === "add" && line.kind === kind)
      .map(([, line]) => line.text);
  return {
    server,
    connection,
    told,
    states,
    notes: () => lines("note"),
    heard: () => lines("heard"),
    ends,
  };
}

test("it is open once something came, not before", () => {
  const { connection, states } = start();
  assert.deepEqual([connection.isOpen, states()], [false, []]);
  connection.answered();
  connection.answered();
  assert.deepEqual([connection.isOpen, states()], [true, ["open"]]);
});

test("each client has a name of its own, in each address", (t) => {
  t.after(() => setAddress("http://localhost:8888/"));
  setAddress("http://localhost:8888/user/ann/proxy/4000/?token=x");
  const { connection } = start();
  const address = connection.address("events", { after: "0000000e-1" });
  assert.equal(address.pathname, "/user/ann/proxy/4000/events");
  const { client, ...rest } = Object.fromEntries(address.searchParams);
  assert.match(client, /^[0-9a-f]{16}$/);
  assert.deepEqual(rest, { token: "x", after: "0000000e-1" });
  assert.equal(connection.key, client);
  assert.notEqual(start().connection.address("events").searchParams.get("client"), client);
});

test("a page that was hidden asks for its name again, once it is seen and something came", (t) => {
  let hidden = false;
  t.mock.getter(document, "hidden", () => hidden);
  const { connection, told } = start();
  const asked = () => told.filter(([name]) => name === "askName").length;
  const becomes = (isHidden) => {
    hidden = isHidden;
    document.dispatchEvent(new Event("visibilitychange"));
  };
  connection.answered();
  becomes(true);
  connection.answered();
  becomes(false);
  connection.broke("It broke.");
  assert.equal(asked(), 0);
  connection.answered();
  connection.answered();
  assert.equal(asked(), 1);
});

test("while nothing comes it is reconnecting, and each reason is told once", () => {
  const { connection, states, notes } = start();
  for (const why of ["It broke.", "Nothing answers.", "It broke."]) connection.broke(why);
  assert.deepEqual(states(), ["reconnecting"]);
  assert.deepEqual(notes(), ["It broke. Trying again …", "Nothing answers. Trying again …"]);
  connection.answered();
  connection.broke("It broke.");
  assert.deepEqual(states(), ["reconnecting", "open", "reconnecting"]);
  assert.equal(notes().length, 3);
});

test("that nothing was missed is told when all has come, once, and only after a break", () => {
  const { connection, notes } = start();
  connection.answered();
  connection.inbox.heard({ id: "0000000e-1", text: "hi" });
  connection.caughtUp();
  assert.deepEqual(notes(), []);
  connection.broke("It broke.");
  connection.caughtUp();
  assert.equal(notes().length, 1);
  connection.answered();
  assert.equal(notes().length, 1);
  connection.caughtUp();
  connection.caughtUp();
  assert.deepEqual(notes().slice(1), ["Connected again. Nothing that others said was missed."]);
});

test("led from server to server, it gives up, and says why", () => {
  const { connection, notes, states, ends } = start();
  for (const id of ["a-1", "b-1", "a-1"]) connection.inbox.cameTo(id);
  assert.match(notes()[0], /servers that do not know each other.*sticky sessions/);
  assert.deepEqual([states(), ends[0].aborted], [["closed"], true]);
});

test("a post carries what was said, with its number; its answer is the acknowledgement", async () => {
  const { server, connection } = start();
  connection.answered();
  const marks = [];
  connection.say("שלום", "", (status) => marks.push(status));
  const post = server.one();
  assert.deepEqual([post.method, post.path, post.body], ["POST", "/messages", "שלום"]);
  assert.deepEqual([post.query.number, post.query.client.length], ["1", 16]);
  await post.answers(204);
  assert.deepEqual(marks, ["sending", "acknowledged"]);
});

test("it is not open while what it says does not arrive, though it hears", async (t) => {
  const turn = stopClock(t);
  const { server, connection, states, notes } = start();
  connection.answered();
  connection.say("hi", "", () => {});
  await server.one().breaks();
  connection.answered();
  assert.deepEqual([connection.isOpen, states()], [false, ["open", "reconnecting"]]);
  assert.deepEqual(notes(), ["Nothing answers at this page's address. Trying again …"]);
  await turn(1);
  const again = server.one();
  assert.equal(again.query.number, "1");
  await again.answers(204);
  assert.deepEqual([connection.isOpen, notes().length], [true, 1]);
});

test("what is refused concerns one message alone, and the server's sentence is shown", async () => {
  const { server, connection, states, notes } = start();
  connection.answered();
  const marks = [];
  connection.say("much", "", (status) => marks.push(status));
  await server.one().answers(413, "Too large.\n");
  assert.deepEqual([marks.at(-1), states()], ["failed", ["open"]]);
  assert.deepEqual(notes(), ["The server refuses with 413: Too large."]);
});

test("a question whether the server answers says nothing, and returns why it does not", async () => {
  const { server, connection, states } = start();
  const { signal } = new AbortController();
  const problems = [];
  for (const status of [204, 503, 403]) {
    connection.ask(signal).then((problem) => problems.push(problem));
    const post = server.one();
    assert.deepEqual([post.method, post.query.number, post.body], ["POST", "0", ""]);
    await post.answers(status, "No.");
  }
  assert.deepEqual(problems, [
    "",
    "The server refuses with 503: No.",
    "The server refuses with 403: No.",
  ]);
  assert.deepEqual(states(), ["closed"]);
});

test("refused, it is closed, says why, and stops; it can join again, as somebody new", () => {
  const { connection, states, notes, ends } = start();
  const before = connection.address("events").searchParams.get("client");
  connection.answered();
  connection.inbox.cameTo("0000000e-7");
  connection.refused("Gone.");
  assert.deepEqual([states(), notes()], [["open", "closed"], ["Gone."]]);
  assert.deepEqual([ends[0].aborted, connection.isOpen], [true, false]);
  connection.connect();
  assert.deepEqual([ends.length, ends[1].aborted, connection.inbox.cursor], [2, false, ""]);
  assert.notEqual(connection.address("events").searchParams.get("client"), before);
  assert.equal(connection.isOpen, false);
  connection.answered();
  connection.caughtUp();
  assert.deepEqual([connection.isOpen, notes()], [true, ["Gone."]]);
});

test("when the page goes, it tells the server, once, in a request that outlives it", async () => {
  const { server, connection, states, ends } = start();
  const client = connection.address("x").searchParams.get("client");
  connection.answered();
  happens("pagehide");
  const mine = () => server.all().filter(({ path }) => path === `/clients/${client}`);
  const [left, ...more] = mine();
  assert.deepEqual([left.method, left.keepalive, more], ["DELETE", true, []]);
  assert.deepEqual([ends[0].aborted, states()], [true, ["open", "closed"]]);
  await left.breaks(); // nobody is there to be told
  happens("pagehide");
  assert.deepEqual(mine(), []);
});
