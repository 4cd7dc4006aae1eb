// Where a server's chat page is.

import assert from "node:assert/strict";
import { test } from "node:test";
import "../../support/dom.mjs";

const { pageAddresses, readJupyter } = await import("../../../labkit/views/server/page_address.js");

const SERVER = { host: "127.0.0.1", port: 4000, path: "/" };
const JUPYTER = { baseUrl: "/", hubUser: "", hasProxy: false };

test("on the same machine the page is at the server's own address", () => {
  assert.deepEqual(pageAddresses(SERVER, "localhost", JUPYTER), ["http://127.0.0.1:4000/"]);
  const there = pageAddresses({ ...SERVER, host: "::1" }, "[::1]", JUPYTER);
  assert.deepEqual(there, ["http://[::1]:4000/"]);
});

test("it is below Jupyter's address as well: the kernel may be behind a tunnel", () => {
  const jupyter = { ...JUPYTER, baseUrl: "/lab/", hasProxy: true };
  const addresses = pageAddresses(SERVER, "localhost", jupyter);
  assert.deepEqual(addresses, ["http://127.0.0.1:4000/", "/lab/proxy/4000/"]);
});

test("on a hub it is below Jupyter's own address, even if that is called localhost", () => {
  const hub = { ...JUPYTER, baseUrl: "/user/ann/", hubUser: "ann", hasProxy: true };
  for (const host of ["hub.example", "localhost", "127.0.0.1"]) {
    assert.deepEqual(pageAddresses(SERVER, host, hub), ["/user/ann/proxy/4000/"]);
  }
});

test("if Jupyter is on another machine, only Jupyter's address leads to the kernel's", () => {
  assert.deepEqual(pageAddresses(SERVER, "box.example", JUPYTER), ["/proxy/4000/"]);
});

test("Jupyter's page says what is there", () => {
  document.body.innerHTML = "";
  assert.deepEqual(readJupyter(), JUPYTER);
  const script = document.createElement("script");
  Object.assign(script, { id: "jupyter-config-data", type: "application/json" });
  script.textContent = JSON.stringify({
    baseUrl: "/user/ann/",
    hubUser: "ann",
    federated_extensions: [{ name: "anywidget" }, { name: "@jupyterhub/jupyter-server-proxy" }],
  });
  document.body.append(script);
  assert.deepEqual(readJupyter(), { baseUrl: "/user/ann/", hubUser: "ann", hasProxy: true });
  script.remove();
});
