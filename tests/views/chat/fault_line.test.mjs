// The line in a chat box about the faults on its link.

import assert from "node:assert/strict";
import { test } from "node:test";
import "../../support/dom.mjs";

const { FaultLine, faultWords } = await import("../../../labkit/views/chat/fault_line.js");

test("what acts on the link is one line with seconds, and is read out without them", () => {
  const hole = { summary: "black hole", healsIn: null };
  const plug = { summary: "plug pulled", healsIn: 8 };
  assert.deepEqual(faultWords([]), { seen: "", left: "", read: "" });
  const read = "Faults on the link: black hole, plug pulled";
  const mixed = { seen: "▲ black hole · plug pulled (heals in 8 s)", left: "", read };
  assert.deepEqual(faultWords([hole, plug]), mixed);
  const together = { seen: "▲ black hole · plug pulled", left: "heals in 8 s", read };
  assert.deepEqual(faultWords([{ ...hole, healsIn: 8 }, plug]), together);
});

test("the line is there as long as something acts", () => {
  const faults = new FaultLine();
  const [line, read] = faults.parts;
  assert.ok(line.hidden);
  faults.update([{ summary: "black hole", healsIn: 2 }]);
  assert.ok(!line.hidden);
  assert.deepEqual(
    [...line.children].map((part) => part.textContent),
    ["▲ black hole", "heals in 2 s"],
  );
  assert.equal(line.getAttribute("aria-hidden"), "true");
  assert.equal(read.textContent, "Faults on the link: black hole");
  assert.equal(read.getAttribute("aria-live"), "polite");
  faults.update([]);
  assert.ok(line.hidden && !read.textContent);
});
