// The key by which a page and its server know the page's connection.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setAddress } from "../../support/dom.mjs";

const { addressWithKey, drawKey } = await import("../../../labkit/transports/page/page_key.js");

test("a key is 16 hexadecimal digits, each time others", () => {
  const keys = [drawKey(), drawKey()];
  for (const key of keys) assert.match(key, /^[0-9a-f]{16}$/);
  assert.notEqual(...keys);
});

test("it stands behind the page's own query, which stays as it is, and behind a prefix", (t) => {
  t.after(() => setAddress("http://localhost:8888/"));
  for (const [from, address] of [
    ["http://localhost:8888/#end", "http://localhost:8888/?labkit-page=a_B-1"],
    [
      "http://h/user/ann/proxy/4/?token=x~y&b",
      "http://h/user/ann/proxy/4/?token=x~y&b&labkit-page=a_B-1",
    ],
  ]) {
    setAddress(from);
    assert.equal(String(addressWithKey("a_B-1")), address);
  }
  assert.equal(addressWithKey("a&b").searchParams.get("labkit-page"), "a&b");
});
