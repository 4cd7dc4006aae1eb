// The view of a link, with a model instead of a kernel.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Model } from "../../support/dom.mjs";

const { default: wireView } = await import("../../../labkit/views/link/wire_view.js");

const SNAPSHOT = {
  following: true,
  name: "bob",
  link: "whole",
  connectionCount: 1,
  count: 2,
  dropped: 0,
  leavings: 0,
  kinds: ["text"],
};

function row(n, more = {}) {
  const place = { n, at: n, connection: 1, direction: "upstream", arrow: "→" };
  return { ...place, kind: "text", size: 7, text: `row ${n}`, problem: "", fate: "", ...more };
}

function start() {
  const model = new Model(SNAPSHOT);
  const el = document.createElement("div");
  document.body.replaceChildren(el);
  wireView.render({ model, el });
  const asked = (kind) => model.sent.filter((message) => message.kind === kind);
  const give = (kind, result) => {
    const whole = kind === "window" ? { hidden: 0, hasOpened: true, ...result } : result;
    model.answer({ kind: "accepted", id: asked(kind).at(-1).id, result: whole });
  };
  return { model, el, asked, give };
}

test("one window is asked for at a time, and once more if something changed since", () => {
  const { model, asked, give } = start();
  model.tell("change:state");
  model.tell("change:state");
  assert.equal(asked("window").length, 1);
  give("window", { first: 0, matching: 0, rows: [] });
  assert.equal(asked("window").length, 2);
  give("window", { first: 0, matching: 0, rows: [] });
  assert.equal(asked("window").length, 2);
});

test("rows stand with their problems and directions in words", () => {
  const { el, give } = start();
  give("window", { first: 0, matching: 2, rows: [row(1), row(2, { problem: "not masked" })] });
  const [first, second] = el.querySelectorAll(".lk-space .lk-row");
  assert.match(first.textContent, /to the server.*row 1$/);
  assert.match(second.textContent, /row 2 ! not masked$/);
  assert.equal(el.querySelector(".lk-counts").textContent, "2 of 2 rows.");
});

test("what a fault did to a row stands behind its content, and in the title of its details", () => {
  const { model, el, asked, give } = start();
  const held = row(1, { fate: "held in the link" });
  give("window", { first: 0, matching: 1, rows: [held] });
  assert.match(el.querySelector(".lk-space .lk-row").textContent, /row 1 \(held in the link\)$/);
  el.querySelector(".lk-space .lk-row").click();
  const details = { number: 1, line: held, layers: [] };
  model.answer({ kind: "accepted", id: asked("row").at(-1).id, result: details });
  assert.match(el.querySelector(".lk-opened-title").textContent, /\(held in the link\)$/);
});

test("the row that was opened last is shown, whatever comes first", () => {
  const { model, el, asked, give } = start();
  give("window", { first: 0, matching: 2, rows: [row(1), row(2)] });
  for (const index of [0, 1]) el.querySelectorAll(".lk-space .lk-row")[index].click();
  const [first, second] = asked("row");
  const details = (number) => ({ number, line: row(number), layers: [] });
  model.answer({ kind: "accepted", id: second.id, result: details(2) });
  model.answer({ kind: "accepted", id: first.id, result: details(1) });
  assert.equal(el.querySelector(".lk-layer").textContent, "row 2");
});

test("a row that is no longer kept says so", () => {
  const { model, el, asked, give } = start();
  give("window", { first: 0, matching: 1, rows: [row(1)] });
  el.querySelector(".lk-space .lk-row").click();
  const [{ id }] = asked("row");
  model.answer({ kind: "accepted", id, result: { number: 1, line: null, layers: [] } });
  assert.equal(el.querySelector(".lk-opened-title").textContent, "Row 1 is no longer kept.");
});

test("paused, nothing is asked for when something crosses", () => {
  const { model, el, asked, give } = start();
  give("window", { first: 0, matching: 0, rows: [] });
  const pause = [...el.querySelectorAll("button")].find((node) => node.textContent === "Pause");
  pause.click();
  model.tell("change:state");
  assert.equal(asked("window").length, 1);
  assert.match(el.querySelector(".lk-counts").textContent, /Paused:/);
  pause.click();
  assert.equal(asked("window").length, 2);
});

test("what the kernel refuses is told in the box, and rows can be asked for again", () => {
  const { model, el, asked } = start();
  model.answer({ kind: "refused", id: asked("window")[0].id, why: "out of memory" });
  assert.equal(el.querySelector(".lk-box > .lk-notice").textContent, "out of memory");
  model.tell("change:state");
  assert.equal(asked("window").length, 2);
});

test("heartbeats are hidden and counted until they are asked for", () => {
  const { el, asked, give } = start();
  assert.equal(asked("window")[0].heartbeats, false);
  give("window", { first: 0, matching: 2, hidden: 34, rows: [row(1), row(2)] });
  assert.equal(el.querySelector(".lk-counts").textContent, "2 of 2 rows, 34 heartbeats hidden.");
  const toggle = [...el.querySelectorAll("button")].find(
    (each) => each.textContent === "Heartbeats",
  );
  toggle.click();
  assert.equal(toggle.getAttribute("aria-pressed"), "true");
  assert.equal(asked("window").at(-1).heartbeats, true);
});

test("a row that is filtered away closes, and stays open while it matches", () => {
  const { model, el, asked, give } = start();
  const section = el.querySelector(".lk-lens");
  give("window", { first: 0, matching: 1, rows: [row(1)] });
  el.querySelector(".lk-space .lk-row").click();
  give("row", { number: 1, line: row(1), layers: [] });
  assert.equal(section.hidden, false);
  give("window", { first: 0, matching: 1, rows: [row(1)] });
  model.tell("change:state");
  assert.equal(asked("window").at(-1).opened, 1);
  give("window", { first: 0, matching: 1, hasOpened: true, rows: [row(1)] });
  assert.equal(section.hidden, false);
  el.querySelector("select").dispatchEvent(new Event("input"));
  give("window", { first: 0, matching: 0, hasOpened: false, rows: [] });
  assert.equal(section.hidden, true);
});

test("each column has a head, with its unit", () => {
  const { el } = start();
  const heads = [...el.querySelectorAll("[role=columnheader]")].map((each) => each.textContent);
  assert.deepEqual(heads, ["time (s)", "#", "direction", "kind", "bytes", "content"]);
});
