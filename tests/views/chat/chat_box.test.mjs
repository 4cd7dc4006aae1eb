// What a chat box decides by itself.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Model } from "../../support/dom.mjs";

const { default: chatBox, hueOf, wayBack } = await import("../../../labkit/views/chat/chat_box.js");

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

const SNAPSHOT = {
  name: "alice",
  state: { key: "open", shape: "●", word: "Open" },
  following: true,
  reason: "",
  link: "whole",
  faults: [],
  badge: "websocket",
  rooms: [],
  moreRooms: 0,
  attempt: 0,
  retryAt: null,
  entries: [],
  total: 0,
};

function start() {
  const model = new Model(SNAPSHOT);
  const el = document.createElement("div");
  document.body.replaceChildren(el);
  chatBox.render({ model, el });
  const input = el.querySelector("input");
  const asked = (kind) => model.sent.filter((message) => message.kind === kind);
  const press = (key, more = {}) => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
    input.dispatchEvent(event);
    return event;
  };
  const say = (text) => {
    input.value = text;
    el.querySelector("form").dispatchEvent(new Event("submit", { cancelable: true }));
  };
  return { model, el, input, asked, press, say };
}

test("a name has one of five hues, the same each time, whatever letters it has", () => {
  const hues = ["alice", "bob", "Ж", "🙂", ""].map(hueOf);
  assert.deepEqual(hues, ["alice", "bob", "Ж", "🙂", ""].map(hueOf));
  assert.ok(hues.every((hue) => Number.isInteger(hue) && hue >= 0 && hue < 5));
});

test("the way back is offered when it can be gone, and keeps its words through an attempt", () => {
  const at = (key, attempt, link = "whole") => wayBack({ state: { key }, attempt, link });
  const shown = (way) => way.isOffered && way.words;
  assert.equal(shown(at("closed", 0)), "Connect again");
  assert.equal(shown(at("reconnecting", 2)), "Connect now");
  assert.equal(shown(at("connecting", 2)), "Connect now");
  assert.equal(shown(at("connecting", 0)), false);
  assert.equal(shown(at("open", 0)), false);
  assert.equal(shown(at("closed", 0, "cut")), false);
  assert.deepEqual([at("connecting", 2).isUnderWay, at("closed", 0).isUnderWay], [true, false]);
});

test("what is typed while the kernel is busy stands there at once, and says what it waits for", () => {
  const { model, el, asked, say, input } = start();
  say("hello");
  const waiting = () => el.querySelector(".lk-pending")?.textContent;
  assert.equal(waiting(), "hello");
  mock.timers.tick(300);
  assert.equal(waiting(), "hellowaiting for the kernel");
  mock.timers.tick(2700);
  assert.match(el.querySelector(".lk-notice").textContent, /“hello” is not sent yet. Kernel busy/);
  model.answer({ kind: "refused", id: asked("send")[0].id, why: "No." });
  assert.deepEqual([waiting(), input.value], [undefined, "hello"]);
});

test("a plug that the kernel has not turned yet says so", () => {
  const { model, el, asked } = start();
  const plug = el.querySelector(".lk-plug");
  plug.click();
  assert.equal(plug.textContent, "Pull the plug");
  mock.timers.tick(300);
  assert.equal(plug.textContent, "Waiting for the kernel");
  model.state = { ...SNAPSHOT, link: "cut" };
  model.answer({ kind: "accepted", id: asked("plug")[0].id });
  model.tell("change:state");
  assert.equal(plug.textContent, "Put the plug back");
});

test("the bar tells the attempt, and counts down to the next one", () => {
  const { model, el } = start();
  const bar = (key, more) => {
    model.state = { ...SNAPSHOT, state: { key, shape: "", word: key }, reason: "Cut.", ...more };
    model.tell("change:state");
    return el.querySelector(".lk-closed span").textContent;
  };
  const retryAt = Date.now() / 1000 + 4.5;
  assert.equal(bar("reconnecting", { attempt: 2, retryAt }), "Cut. Attempt 2 in 5 s.");
  assert.equal(bar("connecting", { attempt: 2, retryAt }), "Cut. Attempt 2.");
  assert.equal(bar("closed", { attempt: 0 }), "Cut.");
  assert.equal(el.querySelector('[role="status"]').textContent, "closed");
});

test("ArrowUp recalls what was typed, and Shift+Enter does not send", () => {
  const { input, press, say } = start();
  say("one");
  assert.equal(input.value, "");
  press("ArrowUp");
  assert.equal(input.value, "one");
  assert.equal(press("Enter", { shiftKey: true }).defaultPrevented, true);
  assert.equal(press("Enter").defaultPrevented, false);
});

test("a box names what acts on its link, until the kernel is gone", () => {
  const { model, el } = start();
  const line = el.querySelector(".lk-damage");
  model.state = { ...SNAPSHOT, faults: [{ summary: "black hole", healsIn: null }] };
  model.tell("change:state");
  assert.equal(line.textContent, "▲ black hole");
  model.tell("comm_live_update");
  assert.ok(line.hidden);
});
