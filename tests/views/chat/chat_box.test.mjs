// What a chat box decides by itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import "../../support/dom.mjs";

const { hueOf, wayBack } = await import("../../../labkit/views/chat/chat_box.js");

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
