// What a client has heard of its server's history.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Inbox } from "../../../../../labkit/transports/http/chat/page/inbox.js";

function start() {
  const lines = [];
  const unrelated = [];
  const inbox = new Inbox(
    (line) => lines.push(line),
    () => unrelated.push("unrelated"),
  );
  return { inbox, lines, texts: () => lines.map(({ text }) => text), unrelated };
}

test("a message is shown once, bytes by their number", () => {
  const { inbox, lines, texts } = start();
  for (const id of ["e-1", "e-2", "e-2", "e-1"]) inbox.heard({ id, text: id });
  inbox.heard({ id: "e-3", base64: btoa("\x00\xff\x00\xff") });
  assert.deepEqual(texts(), ["e-1", "e-2", "4 bytes of binary data"]);
  assert.deepEqual([inbox.cursor, lines[0].kind], ["e-3", "heard"]);
});

test("what is for this client alone is always shown, and does not move the cursor", () => {
  const { inbox, texts } = start();
  inbox.heard({ id: "e-1", text: "hi" });
  for (const text of ["Not passed on", "Not passed on"]) inbox.heard({ text });
  assert.deepEqual([texts().length, inbox.cursor], [3, "e-1"]);
});

test("that nothing was missed is told once, and only after a break", () => {
  const { inbox, texts } = start();
  inbox.cameTo("e-1");
  inbox.caughtUp();
  assert.deepEqual(texts(), []);
  inbox.brokeOff();
  inbox.caughtUp();
  inbox.caughtUp();
  assert.deepEqual(texts(), ["Connected again. Nothing that others said was missed."]);
});

test("who had heard nothing yet cannot know what was missed", () => {
  const { inbox, texts } = start();
  inbox.brokeOff();
  inbox.caughtUp();
  assert.deepEqual(texts(), []);
});

test("a gap is told as one: at most so many messages", () => {
  const { inbox, texts } = start();
  inbox.cameTo("e-1");
  inbox.brokeOff();
  inbox.missed(1);
  inbox.caughtUp();
  inbox.missed(5);
  assert.deepEqual(texts(), [
    "Lost: at most 1 message. The server keeps only the last ones.",
    "Lost: at most 5 messages. The server keeps only the last ones.",
  ]);
});

test("a server that does not know the cursor leaves the number open", () => {
  const { inbox, texts } = start();
  inbox.missed(null);
  assert.match(texts()[0], /^Lost: nobody knows how many messages\. .* started again/);
});

/** Follows histories, each so many milliseconds after the one before. */
function follow(t, ...steps) {
  let now = 100_000;
  t.mock.method(performance, "now", () => now);
  const { inbox, unrelated } = start();
  for (const [epoch, after] of steps) {
    now += after;
    inbox.cameTo(`${epoch}-1`);
  }
  return unrelated;
}

test("a server that starts again, however often, has another history each time", (t) => {
  assert.deepEqual(follow(t, ["a", 0], ["b", 100], ["c", 100], ["d", 100]), []);
});

test("who comes back to a history within 5 s is led from server to server", (t) => {
  const unrelated = follow(t, ["a", 0], ["b", 100], ["c", 100], ["a", 4800]);
  assert.deepEqual(unrelated, ["unrelated"]);
});

test("a server that was away for long may be back", (t) => {
  assert.deepEqual(follow(t, ["a", 0], ["b", 100], ["a", 5000]), []);
});
