// What every view has, in a document without a browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Model } from "../../support/dom.mjs";

const { make } = await import("../../../labkit/front_end/dom.js");
const { viewOf } = await import("../../../labkit/views/shared/view.js");

function show(state) {
  const updates = [];
  let stopped = 0;
  const shown = viewOf(({ id, box }) => {
    box.append(make("span", "", { id: `${id}-name` }));
    return {
      update: (snapshot, gone) => updates.push([snapshot, gone]),
      stop: () => {
        stopped += 1;
      },
    };
  });
  const model = new Model(state);
  const el = make("div");
  const stop = shown.render({ model, el });
  return { model, el, updates, stop, stopped: () => stopped };
}

test("a page first tells from where it is", () => {
  const { model } = show({ following: true });
  assert.deepEqual(model.sent, [{ kind: "page", id: 0, origin: "http://localhost:8888" }]);
});

test("each box is labelled by an id of its own", () => {
  const labels = [1, 2].map(() => show({}).el.firstChild.getAttribute("aria-labelledby"));
  assert.notEqual(labels[0], labels[1]);
});

/** Shows a box of that name, and returns its name on the page and what takes it off. */
function showNamed(name) {
  const shown = viewOf(({ id, box }) => {
    box.append(make("span", "", { id: `${id}-name` }, name));
    return { update: () => {}, stop: () => {} };
  });
  const el = make("div");
  const stop = shown.render({ model: new Model({}), el });
  document.body.append(el);
  const ids = el.firstChild.getAttribute("aria-labelledby").split(" ");
  const label = ids.map((id) => document.getElementById(id).textContent).join(" ");
  const remove = () => {
    el.remove();
    stop();
  };
  return { label, el, remove };
}

test("several boxes of one person have names of their own", () => {
  const labels = [1, 2, 3].map(() => showNamed("alice").label);
  assert.deepEqual(labels, ["alice", "alice (2)", "alice (3)"]);
});

test("a box takes a name that is free: not that of one that stays, in sight or not", () => {
  const [first, second] = [showNamed("bob"), showNamed("bob")];
  second.el.remove(); // out of sight
  first.remove();
  assert.deepEqual([showNamed("bob").label, showNamed("bob").label], ["bob", "bob (3)"]);
});

test("a key that is typed in a box does not reach what is around it", () => {
  const { el } = show({});
  const seen = [];
  el.addEventListener("keydown", () => seen.push("outside"));
  el.firstChild.firstChild.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true }));
  assert.deepEqual(seen, []);
});

test("Escape gives the focus back to the cell, unless a part of the view took it", () => {
  const { el } = show({});
  const cell = make("div", "jp-Cell", { tabindex: "-1" }, el);
  const [inner, outer] = [make("input"), make("input")];
  inner.addEventListener("keydown", (event) => event.preventDefault());
  el.firstChild.append(inner, outer);
  document.body.replaceChildren(cell);
  const press = (node) => {
    node.focus();
    node.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }),
    );
  };
  press(inner);
  assert.equal(document.activeElement, inner);
  press(outer);
  assert.equal(document.activeElement, cell);
});

test("outside of a notebook, Escape leaves the box all the same", () => {
  const { el } = show({});
  const input = make("input");
  el.firstChild.append(input);
  document.body.replaceChildren(el);
  input.focus();
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  assert.notEqual(document.activeElement, input);
});

test("nothing is shown before there is a snapshot", () => {
  const { model, updates } = show({});
  assert.deepEqual(updates, []);
  model.state = { following: true };
  model.tell("change:state");
  assert.deepEqual(updates, [[{ following: true }, false]]);
});

test("when the kernel is gone, the last snapshot is shown again, as such", () => {
  const { model, updates } = show({ following: true });
  model.tell("comm_live_update");
  assert.deepEqual(updates.at(-1), [{ following: true }, true]);
});

test("a view that is taken off the page listens to nothing", () => {
  const { model, stop, stopped } = show({ following: true });
  stop();
  assert.deepEqual([stopped(), model.listeners.size], [1, 0]);
});
