// The table of a server's connections.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Model } from "../../support/dom.mjs";

const { Actions } = await import("../../../labkit/views/shared/actions.js");
const { ConnectionTable } = await import("../../../labkit/views/server/connection_table.js");

function connection(number, places = []) {
  const name = `guest ${number}`;
  return { number, name, since: 0, received: 0, transport: "websocket", places, morePlaces: 0 };
}

function start() {
  const model = new Model();
  const told = [];
  const lost = [];
  const actions = new Actions(model);
  const table = new ConnectionTable(
    "id",
    actions,
    (text) => told.push(text),
    (next) => lost.push(next),
  );
  document.body.replaceChildren(table.table);
  const update = (connections, { hasRooms = false, connected = connections.length } = {}) =>
    table.update({ hasRooms, connected, connections }, true);
  const rows = () => [...table.table.querySelectorAll(".lk-connection")];
  return { model, told, lost, update, rows, table: table.table, actions };
}

test("a connection keeps its rows while it stays", () => {
  const { update, rows } = start();
  update([connection(1), connection(2)]);
  const [, second] = rows();
  update([connection(2), connection(3)]);
  assert.equal(rows()[0], second);
  assert.equal(rows().length, 2);
});

test("what can be done with a connection stands in its own row", () => {
  const { update, rows, table } = start();
  update([connection(1)]);
  assert.equal(rows()[0].children.length, 1);
  assert.equal(rows()[0].firstElementChild.querySelector("button").textContent, "Disconnect");
  const heads = [...table.querySelectorAll("thead th")].map((each) => each.textContent);
  assert.deepEqual(heads, ["who", "since", "messages", "action"]);
});

test("of more connections the number is told", () => {
  const { update, table } = start();
  update([connection(1)], { connected: 250 });
  assert.match(table.textContent, /and 249 more/);
  update([]);
  assert.match(table.textContent, /Nobody\./);
});

test("a double click disconnects once, and a refusal allows another try", () => {
  const { model, told, update, rows } = start();
  update([connection(4)]);
  const button = rows()[0].querySelector("button");
  button.click();
  button.click();
  assert.equal(model.sent.length, 1);
  model.answer({ kind: "refused", id: model.sent[0].id, why: "not now" });
  button.click();
  model.answer({ kind: "accepted", id: model.sent[1].id });
  assert.deepEqual(told, ["guest 4 is disconnected."]);
});

test("the focus goes on to the connection below when its own has left", () => {
  const { lost, update, rows } = start();
  update([connection(1), connection(2)]);
  const [first, second] = rows();
  first.querySelector("button").focus();
  update([connection(2)]);
  assert.equal(lost[0], second);
  second.querySelector("button").focus();
  update([]);
  assert.equal(lost[1], null);
});

test("a connection is put into a room of the namespace that was chosen", () => {
  const { model, update, rows } = start();
  const place = (namespace) => ({ namespace, shown: namespace, sid: "s", rooms: [] });
  update([connection(1, [place("/"), place("/lounge")])], { hasRooms: true });
  const form = rows()[0].querySelector("form");
  form.querySelector("select").value = "/lounge";
  form.querySelector("input").value = "blue";
  form.querySelector("[type=button]").click();
  const { id, ...action } = model.sent[0];
  const wanted = { kind: "move", connection: 1, namespace: "/lounge", room: "blue", into: false };
  assert.deepEqual([typeof id, action], ["number", wanted]);
});
