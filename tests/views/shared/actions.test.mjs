// Actions of a view, with a model instead of a kernel.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Model } from "../../support/dom.mjs";

const { Actions } = await import("../../../labkit/views/shared/actions.js");

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

function start() {
  const model = new Model();
  const actions = new Actions(model);
  return { model, actions, told: () => (actions.notice.hidden ? "" : actions.notice.textContent) };
}

test("each action has a number of its own, and its result reaches who asked", () => {
  const { model, actions } = start();
  const results = [];
  actions.ask({ kind: "row", number: 7 }, { done: (result) => results.push(result) });
  actions.ask({ kind: "row", number: 8 }, { done: (result) => results.push(result) });
  const [first, second] = model.sent;
  assert.notEqual(first.id, second.id);
  model.answer({ kind: "accepted", id: second.id, result: "eight" });
  model.answer({ kind: "accepted", id: first.id, result: "seven" });
  assert.deepEqual(results, ["eight", "seven"]);
});

test("two views of one widget count from different numbers, and ignore each other's answers", () => {
  const model = new Model();
  const [here, there] = [new Actions(model), new Actions(model)];
  here.ask({ kind: "open" });
  there.ask({ kind: "open" });
  model.answer({ kind: "refused", id: model.sent[0].id, why: "not now" });
  assert.deepEqual([here.notice.textContent, there.notice.textContent], ["not now", ""]);
});

test("what is refused is undone, and told with what that says", () => {
  const { model, actions, told } = start();
  actions.ask({ kind: "send", text: "hi" }, { undo: () => "Not sent: hi. " });
  model.answer({ kind: "refused", id: model.sent[0].id, why: "The plug is pulled." });
  assert.equal(told(), "Not sent: hi. The plug is pulled.");
});

test("silence is told after three seconds, and taken back when the kernel is there", () => {
  const { model, actions, told } = start();
  actions.ask({ kind: "open" }, { pending: "Not open yet. " });
  mock.timers.tick(2999);
  assert.equal(told(), "");
  mock.timers.tick(1);
  assert.match(told(), /^Not open yet\. Kernel busy: there is no answer/);
  model.answer({ kind: "received", id: model.sent[0].id });
  assert.equal(told(), "");
});

test("what is late is told soon, and that it was answered once", () => {
  const { model, actions } = start();
  const told = [];
  const outcome = { late: () => told.push("late"), answered: () => told.push("answered") };
  actions.ask({ kind: "open" }, outcome);
  mock.timers.tick(300);
  assert.deepEqual(told, ["late"]);
  model.answer({ kind: "accepted", id: model.sent[0].id });
  actions.ask({ kind: "open" }, outcome);
  model.answer({ kind: "accepted", id: model.sent[1].id });
  mock.timers.tick(3000);
  assert.deepEqual(told, ["late", "answered", "answered"]);
});

test("an action that is received is still waited for", () => {
  const { model, actions } = start();
  let done = 0;
  actions.ask(
    { kind: "open" },
    {
      done: () => {
        done += 1;
      },
    },
  );
  const [{ id }] = model.sent;
  for (const kind of ["received", "accepted", "accepted"]) model.answer({ kind, id });
  assert.equal(done, 1);
});

test("when the kernel is gone, everything that waits is undone, and nothing more is told", () => {
  const { actions, told } = start();
  for (const text of ["one", "two"]) {
    actions.ask({ kind: "send", text }, { undo: () => `Not sent: ${text}. ` });
  }
  actions.kernelGone();
  const before = told();
  assert.match(before, /^Not sent: one\. Not sent: two\. The kernel was restarted/);
  mock.timers.tick(10_000);
  assert.equal(told(), before);
});

test("a view that is taken off the page hears and tells nothing more", () => {
  const { model, actions, told } = start();
  actions.ask({ kind: "open" });
  actions.stop();
  mock.timers.tick(10_000);
  assert.equal(told(), "");
  assert.equal(model.listeners.size, 0);
});
