// The view of deliveries, with a model instead of a kernel.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Model } from "../../support/dom.mjs";

const { default: deliveryView } = await import("../../../labkit/views/delivery/delivery_view.js");

const running = {
  counted: "Messages in 0 runs",
  messages: 3,
  lost: null,
  duplicated: null,
  reordered: null,
  said: "running",
  svg: "",
  part: "",
};
const svg = (title) => `<svg xmlns="http://www.w3.org/2000/svg"><title>${title}</title></svg>`;

function shown(state) {
  const model = new Model(state);
  const el = document.createElement("div");
  const end = deliveryView.render({ model, el });
  const tell = (more) => {
    model.state = { ...model.state, ...more };
    model.tell("change:state");
  };
  const text = (selector) => el.querySelector(selector)?.textContent;
  return { el, end, tell, text };
}

test("the counters follow, until the view is gone", () => {
  const { end, tell, text } = shown(running);
  assert.equal(text(".lk-delivery-title"), "Messages in 0 runs");
  assert.equal(text(".lk-delivery-messages"), "said3");
  assert.equal(text(".lk-delivery-lost"), "lostnot known yet");
  tell({ counted: "Messages in this run", messages: 4, lost: 0, duplicated: 2, reordered: 1 });
  assert.equal(text(".lk-delivery-title"), "Messages in this run");
  assert.equal(text(".lk-delivery-messages"), "said4");
  assert.equal(text(".lk-delivery-lost"), "lost0");
  assert.equal(text(".lk-delivery-duplicated"), "heard more than once2");
  assert.equal(text(".lk-delivery-reordered"), "heard out of order1");
  end();
  tell({ messages: 5 });
  assert.equal(text(".lk-delivery-messages"), "said4");
});

test("what is said is text", () => {
  const { el, tell, text } = shown(running);
  tell({ said: "Broken: <b>one</b>." });
  assert.equal(text(".lk-delivery-said"), "Broken: <b>one</b>.");
  assert.equal(el.querySelectorAll("b").length, 0);
});

test("the proof is drawn, with the same as text, and stays unfolded while it is the same", () => {
  const { el, tell, text } = shown(running);
  assert.equal(el.querySelectorAll("svg").length, 0);
  tell({ svg: svg("one"), part: "lost: one" });
  assert.equal(text("svg"), "one");
  assert.equal(text("pre"), "lost: one");
  el.querySelector("details").open = true;
  tell({ messages: 9 });
  assert.equal(el.querySelector("details").open, true);
  tell({ svg: svg("two"), part: "lost: two" });
  assert.equal(el.querySelectorAll("svg").length, 1);
  assert.equal(text("svg"), "two");
  tell({ svg: "", part: "" });
  assert.equal(el.querySelectorAll("svg, pre").length, 0);
});

test("nothing is shown before there is a snapshot", () => {
  const { el } = shown({});
  assert.equal(el.textContent, "");
});
