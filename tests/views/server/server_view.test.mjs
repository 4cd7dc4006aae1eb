// The view of a server, with a model instead of a kernel.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Model } from "../../support/dom.mjs";

const { default: serverView } = await import("../../../labkit/views/server/server_view.js");

function counts(received, number = 1) {
  const connection = { number: 1, name: "alice", since: 0, transport: "websocket", received };
  const model = new Model({
    following: true,
    name: "mine",
    protocol: "websocket",
    running: true,
    host: "127.0.0.1",
    port: 8765,
    path: "/",
    hasRooms: false,
    connections: [{ ...connection, places: [], morePlaces: 0 }],
    connected: number,
    counts: { connected: number },
    events: [],
    errors: [],
    blocked: [],
  });
  const el = document.createElement("div");
  document.body.replaceChildren(el);
  serverView.render({ model, el });
  return el.querySelector(".lk-counts").textContent;
}

test("what is not counted says why", () => {
  assert.equal(counts(3), "Since the start: connected 1.");
  assert.equal(
    counts(null),
    "Since the start: connected 1. – means not counted: messages go straight to your own handler.",
  );
});

test("where it may be the only way, the page can be opened through Jupyter, too", () => {
  const script = document.createElement("script");
  Object.assign(script, { id: "jupyter-config-data", type: "application/json" });
  document.head.append(script);
  const links = (config) => {
    script.textContent = JSON.stringify(config);
    counts(0);
    return [...document.querySelectorAll(".lk-page")]
      .filter((link) => !link.hidden)
      .map((link) => [link.textContent, link.getAttribute("href")]);
  };
  const direct = ["Open the chat page", "http://127.0.0.1:8765/"];
  assert.deepEqual(links({ baseUrl: "/" }), [direct]);
  const federated_extensions = [{ name: "@jupyterhub/jupyter-server-proxy" }];
  assert.deepEqual(links({ baseUrl: "/", federated_extensions }), [
    direct,
    ["or through Jupyter", "/proxy/8765/"],
  ]);
  const proxied = ["Open the chat page", "/user/ann/proxy/8765/"];
  const hub = { baseUrl: "/user/ann/", hubUser: "ann", federated_extensions };
  assert.deepEqual(links(hub), [proxied]);
  script.remove();
});
