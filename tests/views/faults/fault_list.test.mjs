// The list of faults and their switches.

import assert from "node:assert/strict";
import { test } from "node:test";
import "../../support/dom.mjs";

const { FaultList } = await import("../../../labkit/views/faults/fault_list.js");

function fault(number, more = {}) {
  const words = { word: `fault ${number}`, effect: "it damages", facts: [], numbers: [] };
  return { number, isOn: true, ...words, ...more };
}

function start() {
  const asked = [];
  const faults = new FaultList("id", {
    onSwitch: (number, on) => asked.push([number, on]),
    onChange: (...change) => asked.push(change),
  });
  document.body.replaceChildren(faults.list);
  const switches = () => [...faults.list.querySelectorAll("button")];
  const fields = () => [...faults.list.querySelectorAll("input")];
  return { faults, asked, switches, fields };
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

function type(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("change"));
}

const SECONDS = { name: "seconds", number: 0.3 };
const RATE = { name: "bytes_per_second", number: 1000 };

test("a number can be changed while its fault acts, and is named", () => {
  const { faults, asked, fields } = start();
  faults.update([fault(1, { numbers: [SECONDS, RATE] }), fault(2)], true);
  assert.deepEqual(
    fields().map((each) => [each.getAttribute("aria-label"), each.value, each.disabled]),
    [
      ["fault 1: seconds", "0.3", false],
      ["fault 1: bytes per second", "1000", false],
    ],
  );
  type(fields()[0], "0.5");
  assert.deepEqual(asked[0].slice(0, 3), [1, "seconds", "0.5"]);
  faults.update([fault(1, { isOn: false })], true);
  assert.ok(fields()[0].parentNode.parentNode.hidden);
  faults.update([fault(1, { numbers: [SECONDS, RATE] })], false);
  assert.ok(fields().every((each) => each.disabled));
});

test("a field shows the true number again when its change is done, or refused", () => {
  const { faults, asked, fields } = start();
  faults.update([fault(1, { numbers: [SECONDS] })], true);
  const [field] = fields();
  type(field, "-1");
  assert.equal(asked[0].at(-1).undo(), "");
  assert.equal(field.value, "0.3");
  type(field, "0.50");
  faults.update([fault(1, { numbers: [{ ...SECONDS, number: 0.5 }] })], true);
  asked[1].at(-1).done();
  assert.equal(field.value, "0.5");
});

test("a number that changes elsewhere does not disturb somebody who types", () => {
  const { faults, fields } = start();
  faults.update([fault(1, { numbers: [SECONDS] })], true);
  const [field] = fields();
  field.focus();
  faults.update([fault(1, { numbers: [{ ...SECONDS, number: 2 }] })], true);
  assert.equal(field.value, "2");
  field.value = "2.5";
  faults.update([fault(1, { numbers: [{ ...SECONDS, number: 3 }] })], true);
  assert.equal(field.value, "2.5");
});
