// The view of a hearing, with a model instead of a kernel.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Model } from "../../support/dom.mjs";

const { default: hearingView } = await import("../../../labkit/views/verdict/hearing_view.js");

const running = { done: 2, wanted: 14, said: "2 of 14 repeats. Now: <echo>.", over: false };

function shown(state) {
  const model = new Model(state);
  const el = document.createElement("div");
  const end = hearingView.render({ model, el });
  const tell = (more) => {
    model.state = { ...model.state, ...more };
    model.tell("change:state");
  };
  return { bar: el.querySelector("progress"), said: el.querySelector("p"), end, tell };
}

test("the bar follows, also where more is needed", () => {
  const { bar, said, end, tell } = shown(running);
  assert.deepEqual([bar.value, bar.max, bar.hidden], [2, 14, false]);
  assert.equal(said.textContent, "2 of 14 repeats. Now: <echo>.");
  tell({ done: 14, wanted: 21 });
  assert.deepEqual([bar.value, bar.max], [14, 21]);
  end();
  tell({ done: 15 });
  assert.equal(bar.value, 14);
});

test("at the end a sentence stays", () => {
  const { bar, said, tell } = shown(running);
  tell({ said: "Measured in 12 s: 14 of 14 repeats.", over: true });
  assert.equal(bar.hidden, true);
  assert.equal(said.textContent, "Measured in 12 s: 14 of 14 repeats.");
});

test("a page that knows no state yet draws nothing", () => {
  const { said } = shown({});
  assert.equal(said.textContent, "");
});
