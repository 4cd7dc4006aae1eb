// Fault switches, with a model instead of a kernel.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Model } from "../../support/dom.mjs";

const {
  default: faultSwitches,
  plugWords,
  stateOf,
} = await import("../../../labkit/views/faults/fault_switches.js");

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

const SNAPSHOT = {
  following: true,
  name: "alice",
  isForAll: false,
  isOver: false,
  isDown: false,
  faults: [],
  healsIn: null,
  code: "",
};

const HOLE = {
  number: 1,
  isOn: true,
  word: "black hole",
  effect: "nothing passes",
  facts: [],
  numbers: [],
};

function start(more = {}) {
  const model = new Model({ ...SNAPSHOT, ...more });
  const el = document.createElement("div");
  document.body.replaceChildren(el);
  faultSwitches.render({ model, el });
  const button = (words) =>
    [...el.querySelectorAll("button")].find((each) => each.textContent === words);
  const asked = () =>
    model.sent.filter(({ kind }) => kind !== "page").map(({ id, ...rest }) => rest);
  const show = (further) => {
    model.state = { ...SNAPSHOT, ...further };
    model.tell("change:state");
  };
  return { el, button, asked, show, model };
}

test("the plug says whose it is, and what a click does", () => {
  assert.equal(plugWords({ isForAll: false, isDown: false }), "Pull the plug");
  assert.equal(plugWords({ isForAll: true, isDown: false }), "Pull everybody's plug");
  assert.equal(plugWords({ isForAll: true, isDown: true }), "Put everybody's plug back");
});

test("the state counts the faults that act", () => {
  const words = (more) => stateOf({ isOver: false, faults: [], ...more }).at(-1);
  assert.equal(words({}), "No fault acts");
  assert.equal(words({ faults: [HOLE, { ...HOLE, isOn: false }] }), "1 fault acts");
  assert.equal(words({ faults: [HOLE, HOLE] }), "2 faults act");
  assert.equal(words({ isOver: true }), "Link closed");
});

test("each button asks for its action, the plug for what it says", () => {
  const { el, button, asked, show } = start();
  button("Black hole").click();
  button("Heal").click();
  button("Pull the plug").click();
  show({ isDown: true, faults: [HOLE] });
  button("Put the plug back").click();
  el.querySelector("[role=switch]").click();
  assert.deepEqual(asked(), [
    { kind: "black_hole" },
    { kind: "heal" },
    { kind: "plug", in_place: false },
    { kind: "plug", in_place: true },
    { kind: "switch", fault: 1, on: false },
  ]);
});

test("a number goes as it was typed, whatever it is; the kernel judges it", () => {
  const { el, asked } = start();
  const [slow, later] = el.querySelectorAll("form");
  slow.querySelector("input").value = "-1";
  later.querySelector("input").value = "";
  for (const form of [slow, later]) form.dispatchEvent(new Event("submit", { cancelable: true }));
  assert.deepEqual(asked(), [
    { kind: "slow", seconds: "-1" },
    { kind: "heal_later", seconds: "" },
  ]);
  assert.ok(slow.noValidate);
});

test("a number of a fault goes as it was typed; a refusal puts the true one back", () => {
  const number = { name: "seconds", number: 3 };
  const { el, asked, model } = start({ faults: [{ ...HOLE, numbers: [number] }] });
  const field = el.querySelector(".lk-faults input");
  field.value = "";
  field.dispatchEvent(new Event("change"));
  assert.deepEqual(asked(), [{ kind: "change", fault: 1, name: "seconds", number: "" }]);
  const { id } = model.sent.at(-1);
  model.tell("msg:custom", { kind: "refused", id, why: "seconds must be a number" });
  assert.equal(field.value, "3");
  assert.equal(el.querySelector("[role=alert]").textContent, "seconds must be a number");
});

test("the countdown is the kernel's number, and is not read out", () => {
  const { el, show } = start();
  const timer = el.querySelector("[role=timer]");
  assert.ok(timer.hidden);
  for (const left of [3, 2]) {
    show({ faults: [HOLE], healsIn: left });
    assert.equal(timer.textContent, `Heals in ${left} s`);
  }
  assert.equal(timer.getAttribute("aria-live"), "off");
  assert.ok(!timer.hidden);
});

test("the code of the last click is read out: its place is there before", () => {
  const { el, show } = start();
  const last = el.querySelector(".lk-last");
  assert.ok(last.getAttribute("role") === "status" && !last.hidden && !last.textContent);
  show({ code: "link.heal()" });
  assert.equal(last.textContent, "In code: link.heal()");
});

test("without a kernel, or a link, nothing can be clicked", () => {
  for (const more of [{ following: false }, { isOver: true }]) {
    const { el } = start({ ...more, faults: [HOLE] });
    assert.ok([...el.querySelectorAll("button, input")].every((each) => each.disabled));
  }
});
