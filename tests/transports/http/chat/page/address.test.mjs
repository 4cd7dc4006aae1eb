// Addresses on the page's own server.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setAddress } from "../../../../support/dom.mjs";

const { addressOf } = await import("../../../../../labkit/transports/http/chat/page/address.js");

function from(page, t) {
  t.after(() => setAddress("http://localhost:8888/"));
  setAddress(page);
}

test("they are relative to the page, behind a proxy too, and keep the token", (t) => {
  from("http://localhost:8888/user/ann/proxy/4000/?token=x#end", t);
  const address = addressOf("messages", { client: "c", number: 0 });
  const expected = "http://localhost:8888/user/ann/proxy/4000/messages?token=x&client=c&number=0";
  assert.equal(String(address), expected);
});

test("a parameter without a value is left out", (t) => {
  from("http://localhost:4000/", t);
  assert.equal(String(addressOf("events", { after: "" })), "http://localhost:4000/events");
});
