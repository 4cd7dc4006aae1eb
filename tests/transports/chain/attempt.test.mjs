// One way of a fallback chain, and the proof that it works.

import assert from "node:assert/strict";
import { test } from "node:test";
import { notingConnection, settled, stopClock } from "../../support/http.mjs";

const { Attempt } = await import("../../../labkit/transports/chain/attempt.js");

const TAKEN = { problem: "", isFinal: false };

/** Tries a way that a test is. */
function start(t) {
  const turn = stopClock(t);
  const connection = notingConnection("0000000e-1");
  const posted = [];
  const answers = [];
  let way;
  let signal;
  const listen = async (given, ended) => {
    [way, signal] = [given, ended];
  };
  const post = (...message) => {
    posted.push(message);
    return new Promise((resolve) => answers.push(resolve));
  };
  const end = new AbortController();
  const attempt = new Attempt(connection, { listen, post }, end.signal);
  const proofs = [];
  attempt.prove().then((why) => proofs.push(why));
  return { turn, told: connection.told, way, signal, posted, answers, attempt, proofs, end };
}

test("it is proved by what came down and then by what went up, which says nothing", async (t) => {
  const { way, posted, answers, proofs } = start(t);
  await settled();
  assert.deepEqual(posted, []);
  way.answered();
  await settled();
  assert.deepEqual([posted, proofs], [[[0, ""]], []]);
  answers[0](TAKEN);
  await settled();
  assert.deepEqual(proofs, [null]);
});

test("each direction is missed after 3 s", async (t) => {
  const { turn, proofs } = start(t);
  await turn(3);
  assert.deepEqual(proofs, [{ why: "Nothing comes down within 3 s.", isFinal: false }]);
});

test("one direction alone is no proof", async (t) => {
  const { turn, way, proofs } = start(t);
  await turn(2);
  way.answered();
  await turn(1);
  const why = "Nothing that goes up is answered within 3 s.";
  assert.deepEqual(proofs, [{ why, isFinal: false }]);
});

test("a break is known at once, and ends what listens", async (t) => {
  for (const [name, isFinal] of [
    ["broke", false],
    ["refused", true],
  ]) {
    const { way, signal, attempt, proofs } = start(t);
    way[name]("It is over.");
    await settled();
    assert.deepEqual([proofs, signal.aborted], [[{ why: "It is over.", isFinal }], true]);
    assert.deepEqual(await attempt.broken, { why: "It is over.", isFinal });
  }
});

test("a post that is refused is no proof", async (t) => {
  const { way, answers, proofs } = start(t);
  way.answered();
  await settled();
  answers[0]({ problem: "Forbidden.", isFinal: true });
  await settled();
  assert.deepEqual(proofs, [{ why: "Forbidden.", isFinal: true }]);
});

test("what comes is passed on; that all has come only once the way is taken", async (t) => {
  const { way, told, attempt } = start(t);
  way.inbox.heard({ id: "0000000e-2", text: "hi" });
  way.inbox.missed(3);
  way.inbox.cameTo("0000000e-3");
  way.caughtUp();
  const passed = [
    ["heard", { id: "0000000e-2", text: "hi" }],
    ["missed", 3],
    ["cameTo", "0000000e-3"],
  ];
  assert.deepEqual([told, way.inbox.cursor], [passed, "0000000e-1"]);
  attempt.take();
  assert.deepEqual(told.at(-1), ["caughtUp"]);
  way.caughtUp();
  assert.equal(told.length, 5);
});

test("a way that does not post by itself posts by requests", async () => {
  const connection = { post: async (...message) => ({ problem: message.join(), isFinal: false }) };
  const listen = async () => {};
  const attempt = new Attempt(connection, { listen }, new AbortController().signal);
  assert.match((await attempt.post(1, "hi")).problem, /^1,hi,\[object AbortSignal\]/);
});

test("asked why it is refused, the server's refusal ends this way alone", async (t) => {
  const { way, answers, told, attempt, end } = start(t);
  const asking = way.ask(end.signal);
  answers[0]({ problem: "Gone.", isFinal: true });
  assert.equal(await asking, "Gone.");
  assert.deepEqual([told, await attempt.broken], [[], { why: "Gone.", isFinal: true }]);
});

test("the end of the connection ends it", async (t) => {
  const { signal, end, proofs } = start(t);
  end.abort();
  await settled();
  assert.deepEqual([signal.aborted, proofs.length], [true, 1]);
});

test("two posts in a row that fail break it, though it listens", async (t) => {
  const { way, answers, attempt, proofs } = start(t);
  way.answered();
  await settled();
  answers[0](TAKEN);
  await settled();
  const post = async (answer) => {
    const carrying = attempt.carry(1, "hi");
    answers.at(-1)(answer);
    assert.deepEqual(await carrying, answer);
    return attempt.ended.aborted;
  };
  const lost = { problem: "No answer.", isFinal: false };
  const refused = { problem: "Too long.", isFinal: true };
  for (const answer of [lost, TAKEN, lost, refused, lost]) assert.equal(await post(answer), false);
  assert.equal(await post(lost), true);
  assert.deepEqual([proofs, (await attempt.broken).why], [[null], "No answer."]);
});
