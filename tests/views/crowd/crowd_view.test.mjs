// The view of a crowd, with a model instead of a kernel.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Model } from "../../support/dom.mjs";

const { default: crowdView } = await import("../../../labkit/views/crowd/crowd_view.js");

const chart = (title) =>
  `<svg xmlns="http://www.w3.org/2000/svg" role="img"><title>${title}</title></svg>`;

test("the last chart is drawn, until the view is gone", () => {
  const model = new Model({ svg: chart("one") });
  const el = document.createElement("div");
  const end = crowdView.render({ model, el });
  assert.equal(el.querySelectorAll("svg").length, 1);
  assert.equal(el.textContent, "one");
  model.state = { svg: chart("two") };
  model.tell("change:state");
  assert.equal(el.querySelectorAll("svg").length, 1);
  assert.equal(el.textContent, "two");
  end();
  model.state = { svg: chart("three") };
  model.tell("change:state");
  assert.equal(el.textContent, "two");
});

test("nothing is drawn before there is a snapshot", () => {
  const el = document.createElement("div");
  crowdView.render({ model: new Model({}), el });
  assert.equal(el.textContent, "");
});
