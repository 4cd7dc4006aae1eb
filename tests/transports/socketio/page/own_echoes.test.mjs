// Which messages are echoes.

import assert from "node:assert/strict";
import { test } from "node:test";

const { OwnEchoes } = await import("../../../../labkit/transports/socketio/page/own_echoes.js");

test("a message that is under way is echoed once; said twice, twice", () => {
  const echoes = new OwnEchoes();
  echoes.expect(["chat message", "hi"]);
  echoes.expect(["chat message", "hi"]);
  const taken = [1, 2, 3].map(() => echoes.take(["chat message", "hi"]));
  assert.deepEqual(taken, [true, true, false]);
});

test("after the acknowledgement the same words are somebody else's", () => {
  const echoes = new OwnEchoes();
  const acknowledged = echoes.expect(["chat message", "hi"]);
  acknowledged();
  assert.equal(echoes.take(["chat message", "hi"]), false);
});

test("another event with the same words is no echo", () => {
  const echoes = new OwnEchoes();
  echoes.expect(["chat message", "hi"]);
  assert.equal(echoes.take(["room message", "hi"]), false);
});
