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
  for (const id of ["0000000e-1", "0000000e-2", "0000000e-2", "0000000e-1"])
    inbox.heard({ id, text: id });
  inbox.heard({ id: "0000000e-3", base64: btoa("\x00\xff\x00\xff") });
  assert.deepEqual(texts(), ["0000000e-1", "0000000e-2", "4 bytes of binary data"]);
  assert.deepEqual([inbox.cursor, lines[0].kind], ["0000000e-3", "heard"]);
});

test("what is for this client alone is always shown, and does not move the cursor", () => {
  const { inbox, texts } = start();
  inbox.heard({ id: "0000000e-1", text: "hi" });
  for (const text of ["Not passed on", "Not passed on"]) inbox.heard({ text });
  assert.deepEqual([texts().length, inbox.cursor], [3, "0000000e-1"]);
});

test("that nothing was missed is told once, and only after a break", () => {
  const { inbox, texts } = start();
  inbox.cameTo("0000000e-1");
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
  inbox.cameTo("0000000e-1");
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

test("led from server to server it says so", () => {
  const { inbox, unrelated } = start();
  inbox.cameTo("a-1");
  inbox.cameTo("b-1");
  inbox.cameTo("c-1");
  assert.deepEqual(unrelated, []);
  inbox.cameTo("a-1");
  assert.deepEqual(unrelated, ["unrelated"]);
});
