// The list of faults and their switches.

import assert from "node:assert/strict";
import { test } from "node:test";
import "../../support/dom.mjs";

const { FaultList } = await import("../../../labkit/views/faults/fault_list.js");

function fault(number, more = {}) {
  const words = { word: `fault ${number}`, effect: "it damages", facts: [] };
  return { number, isOn: true, ...words, ...more };
}

function start() {
  const asked = [];
  const faults = new FaultList("id", (number, on) => asked.push([number, on]));
  document.body.replaceChildren(faults.list);
  const switches = () => [...faults.list.querySelectorAll("button")];
  return { faults, asked, switches };
}

test("a fault is a switch with its name and state, described by what it did", () => {
  const { faults, switches } = start();
  faults.update(
    [fault(1, { facts: ["held: 5 bytes", "acted on 1 connection"] }), fault(2, { isOn: false })],
    true,
  );
  const [on, off] = switches();
  assert.equal(on.getAttribute("role"), "switch");
  assert.equal(on.textContent, "fault 1: it damages");
  assert.deepEqual(
    [on, off].map((each) => each.getAttribute("aria-checked")),
    ["true", "false"],
  );
  const described = document.getElementById(on.getAttribute("aria-describedby"));
  assert.equal(described.textContent, "held: 5 bytes · acted on 1 connection");
});

test("a click asks for the other state, and changes nothing by itself", () => {
  const { faults, asked, switches } = start();
  faults.update([fault(4), fault(7, { isOn: false })], true);
  for (const each of switches()) each.click();
  assert.deepEqual(asked, [
    [4, false],
    [7, true],
  ]);
  assert.equal(switches()[0].getAttribute("aria-checked"), "true");
});

test("a switch keeps its place and the focus while its fault goes and comes back", () => {
  const { faults, switches } = start();
  faults.update([fault(1), fault(2)], true);
  const [, second] = switches();
  second.focus();
  faults.update([fault(1), fault(2, { isOn: false })], true);
  faults.update([fault(2), fault(3)], true);
  assert.equal(switches()[0], second);
  assert.equal(document.activeElement, second);
  assert.equal(switches().length, 2);
});

test("an empty list is not there, and switches without a kernel do nothing", () => {
  const { faults, switches } = start();
  faults.update([], true);
  assert.ok(faults.list.hidden);
  faults.update([fault(1)], false);
  assert.ok(!faults.list.hidden && switches()[0].disabled);
});
