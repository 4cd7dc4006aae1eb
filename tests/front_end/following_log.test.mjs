// Where the reader of a log is: in a log of numbers, which is not laid out by anybody.

import assert from "node:assert/strict";
import { test } from "node:test";

const NodeEvent = Event; // the one that EventTarget of Node takes

await import("../support/dom.mjs");

const { FollowingLog } = await import("../../labkit/front_end/following_log.js");

class Log extends EventTarget {
  clientHeight = 100;
  scrollHeight = 100;
  #top = 0;

  get scrollTop() {
    return this.#top;
  }

  set scrollTop(top) {
    this.#top = Math.max(0, Math.min(top, this.scrollHeight - this.clientHeight));
  }

  /** As a reader does. */
  scrollTo(top) {
    this.scrollTop = top;
    this.dispatchEvent(new NodeEvent("scroll"));
  }
}

function start() {
  const log = new Log();
  let ends = 0;
  const reader = new FollowingLog(log, () => {
    ends += 1;
  });
  const add = (height) => {
    log.scrollHeight += height;
    reader.grown();
  };
  add(400);
  return { log, reader, add, ends: () => ends };
}

test("the end stays in sight while something is added", () => {
  const { log, add } = start();
  add(50);
  assert.equal(log.scrollTop, log.scrollHeight - log.clientHeight);
});

test("a reader who scrolls up stays there, and is at the end again by scrolling down", () => {
  const { log, reader, add, ends } = start();
  log.scrollTo(120);
  add(50);
  assert.deepEqual([log.scrollTop, reader.following], [120, false]);
  const before = ends();
  log.scrollTo(1000);
  assert.deepEqual([reader.following, ends()], [true, before + 1]);
});

test("a log that gets smaller was not scrolled by its reader", () => {
  const { log, reader } = start();
  log.clientHeight = 60;
  log.dispatchEvent(new NodeEvent("scroll"));
  assert.equal(reader.following, true);
});

test("a log that is out of sight, and has no size, is followed when it comes back", () => {
  const { log, reader } = start();
  log.clientHeight = 0;
  reader.toEnd();
  log.clientHeight = 100;
  log.scrollTo(0);
  assert.equal(reader.following, false);
  reader.toEnd();
  assert.equal(log.scrollTop, 400);
});
