// The conversation of a chat box.

import assert from "node:assert/strict";
import { test } from "node:test";
import "../../support/dom.mjs";

const { Conversation } = await import("../../../labkit/views/chat/conversation.js");

function entry(n, kind = "heard", sendStatus = "") {
  return { n, kind, text: `entry ${n}`, room: "", isEcho: false, at: 0, sendStatus };
}

function texts(talk) {
  return [...talk.log.children].map((node) => node.querySelector(".lk-text")?.textContent);
}

/** Lays the log out so that it has a size, its reader having scrolled up. */
function scrollUp(talk) {
  Object.defineProperties(talk.log, {
    clientHeight: { value: 100 },
    scrollHeight: { value: 500 },
  });
  talk.toEnd();
  talk.log.scrollTop = 10;
}

test("what is known is not added twice, and keeps its node", () => {
  const talk = new Conversation();
  talk.add([entry(0), entry(1)], "alice");
  const [first] = talk.log.children;
  talk.add([entry(0), entry(1), entry(2)], "alice");
  assert.equal(talk.log.firstChild, first);
  assert.deepEqual(texts(talk), ["entry 0", "entry 1", "entry 2"]);
});

test("a tick follows what is known of the message, in a sign and in words", () => {
  const talk = new Conversation();
  talk.add([entry(0, "said", "sending")], "alice");
  talk.add([entry(0, "said", "acknowledged")], "alice");
  const [node] = talk.log.children;
  assert.equal(node.querySelector(".lk-tick").textContent, "✓✓");
  assert.equal(node.dataset.sendStatus, "acknowledged");
  assert.match(node.textContent, /\(acknowledged\)$/);
});

test("what was typed stands there until the kernel says it, in its order", () => {
  const talk = new Conversation();
  talk.add([entry(0)], "alice");
  const { late } = talk.expect("entry 2");
  const { remove } = talk.expect("refused");
  late();
  assert.match(talk.log.lastChild.textContent, /entry 2waiting for the kernel/);
  talk.add([entry(0), entry(1)], "alice");
  assert.equal(talk.log.lastChild.className, "lk-pending");
  talk.add([entry(1), entry(2, "said", "sending")], "alice");
  assert.equal(talk.log.lastChild.textContent, "refused");
  remove();
  assert.deepEqual(texts(talk), ["entry 0", "entry 1", "entry 2"]);
});

test("what came back from the server says so", () => {
  const talk = new Conversation();
  talk.add([entry(0), { ...entry(1), isEcho: true }], "alice");
  const [other, own] = talk.log.children;
  assert.match(own.textContent, /came back from the server/);
  assert.doesNotMatch(other.textContent, /came back/);
});

test("entries that an update no longer holds are counted", () => {
  const talk = new Conversation();
  talk.add([entry(0)], "alice");
  talk.add([entry(2)], "alice");
  talk.add([entry(5)], "alice");
  assert.deepEqual(
    texts(talk).filter((text) => text.includes("earlier")),
    ["1 earlier entry is not shown", "2 earlier entries are not shown"],
  );
});

test("old entries leave the page", () => {
  const talk = new Conversation();
  for (let n = 0; n < 300; n += 50) {
    talk.add(
      Array.from({ length: 50 }, (_, index) => entry(n + index)),
      "alice",
    );
  }
  assert.equal(talk.log.childElementCount, 200);
  assert.equal(texts(talk)[0], "entry 100");
});

test("a reader who scrolled up is told how much is new, and led there", () => {
  const talk = new Conversation();
  talk.add([entry(0)], "alice");
  scrollUp(talk);
  talk.add([entry(0), entry(1), entry(2)], "alice");
  assert.deepEqual([talk.jump.hidden, talk.jump.textContent], [false, "↓ 2 new"]);
  assert.equal(talk.log.querySelectorAll(".lk-new").length, 1);
  talk.jump.click();
  assert.deepEqual([talk.jump.hidden, talk.log.querySelector(".lk-new")], [true, null]);
});
