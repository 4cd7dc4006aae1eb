// Where a server's chat page is.

import assert from "node:assert/strict";
import { test } from "node:test";

const { pageAddress } = await import("../../../labkit/views/server/page_address.js");

const SERVER = { host: "127.0.0.1", port: 4000, path: "/" };

test("on the same machine the page is at the server's own address", () => {
  assert.equal(pageAddress(SERVER, "localhost", "/"), "http://127.0.0.1:4000/");
  assert.equal(pageAddress({ ...SERVER, host: "::1" }, "[::1]", "/"), "http://[::1]:4000/");
});

test("behind a hub it is below Jupyter's own address", () => {
  const address = pageAddress(SERVER, "hub.example", "/user/ann/");
  assert.equal(address, "/user/ann/proxy/4000/");
  assert.equal(pageAddress(SERVER, "hub.example", "/"), "/proxy/4000/");
});
