// The way up: one message after the other, each until it is answered.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settled, stopClock } from "../../../../support/http.mjs";

const { Posts } = await import("../../../../../labkit/transports/http/chat/page/posts.js");

const TAKEN = { problem: "", isFinal: false };
const BROKEN = { problem: "Nothing answers.", isFinal: false };
const REFUSED = { problem: "Too large.", isFinal: true };

function start() {
  const posted = [];
  const answers = [];
  const posts = new Posts((number, text) => {
    posted.push([number, text]);
    return new Promise((resolve) => answers.push(resolve));
  });
  const end = new AbortController();
  const marks = {};
  const send = (text) => {
    marks[text] = [];
    posts.send(text, (status) => marks[text].push(status), end.signal);
  };
  const answer = (given) => {
    answers.shift()(given);
    return settled();
  };
  return { posted, marks, send, answer, end };
}

test("the next one waits for the answer to the one before, so the order is kept", async () => {
  const { posted, marks, send, answer } = start();
  send("one");
  send("two");
  assert.deepEqual(posted, [[1, "one"]]);
  await answer(TAKEN);
  assert.deepEqual(posted[1], [2, "two"]);
  assert.deepEqual(marks, { one: ["sending", "acknowledged"], two: ["sending"] });
  await answer(TAKEN);
  send("three");
  assert.deepEqual(posted[2], [3, "three"]);
});

test("what is not answered is posted again a second later, by the same number", async (t) => {
  const turn = stopClock(t);
  const { posted, marks, send, answer } = start();
  send("one");
  await answer(BROKEN);
  await turn(0.9);
  assert.equal(posted.length, 1);
  await turn(0.2);
  await answer(TAKEN);
  assert.deepEqual(posted, [
    [1, "one"],
    [1, "one"],
  ]);
  assert.deepEqual(marks.one, ["sending", "acknowledged"]);
});

test("what the server refuses has failed, and the next one has its own number", async () => {
  const { posted, marks, send, answer } = start();
  send("much");
  send("little");
  await answer(REFUSED);
  await answer(TAKEN);
  assert.deepEqual([marks.much.at(-1), marks.little.at(-1)], ["failed", "acknowledged"]);
  assert.deepEqual(posted.at(-1), [2, "little"]);
});

test("at the end, all that is not acknowledged has failed", async () => {
  const { posted, marks, send, answer, end } = start();
  send("one");
  send("two");
  end.abort();
  await answer(BROKEN);
  assert.deepEqual([marks.one.at(-1), marks.two.at(-1), posted.length], ["failed", "failed", 1]);
});
