// Why a page does not get what it asked for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { describeRefusal } from "../../../labkit/transports/page/refusals.js";

test("an answer is none, whatever its status", async () => {
  assert.equal(await describeRefusal(new Response("hello")), "");
  assert.equal(await describeRefusal(new Response(null, { status: 204 })), "");
});

test("the sentence of a server of the lab is quoted, and ends like one", async () => {
  const headers = { "Content-Type": "text/plain; charset=utf-8" };
  for (const text of ["Not from this page.\n", "Not from this page"]) {
    const answer = new Response(text, { status: 403, headers });
    assert.equal(await describeRefusal(answer), "The server refuses with 403: Not from this page.");
  }
});

test("the page of a proxy is not, and silence has words", async () => {
  const headers = { "Content-Type": "text/html" };
  const answer = new Response("<h1>Oh no", { status: 502, headers });
  assert.equal(await describeRefusal(answer), "No server answers behind the proxy (502).");
  assert.equal(await describeRefusal(null), "Nothing answers at this page's address.");
});
