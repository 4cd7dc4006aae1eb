// The chat page, with a connection that is told what happens.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fakeServer, stopClock } from "../../support/http.mjs";

const { showChat } = await import("../../../labkit/transports/page/chat_page.js");

const HTML = readFileSync(
  new URL("../../../labkit/transports/page/page.html", import.meta.url),
  "utf-8",
).replace(/<script.*$/s, "");

function byId(id) {
  return document.getElementById(id);
}

function start(more = {}) {
  document.body.innerHTML = HTML.slice(HTML.indexOf("<header>"));
  const asked = [];
  const connection = {
    isOpen: true,
    connect: () => asked.push(["connect"]),
    say: (text, room, mark) => asked.push(["say", text, room, mark]),
    ...more,
  };
  let page;
  showChat((given) => {
    page = given;
    return connection;
  });
  return { page, asked, connection };
}

/** What a line says, without its time. */
function wordsOf(line) {
  const copy = line.cloneNode(true);
  copy.querySelector("time")?.remove();
  return copy.textContent;
}

function submit(id) {
  byId(id).dispatchEvent(new Event("submit", { cancelable: true }));
}

test("nothing can be typed until it is open, and then the entry has the focus", () => {
  const { page } = start();
  page.showState("connecting");
  assert.deepEqual([byId("text").disabled, byId("again").hidden], [true, true]);
  page.showState("open");
  assert.deepEqual([byId("text").disabled, document.activeElement.id], [false, "text"]);
  page.showState("closed");
  assert.deepEqual([byId("state").textContent, byId("again").hidden], ["○ Closed", false]);
  assert.equal(byId("state").dataset.state, "closed");
});

test("while it is open it tells its name, since when, and its session id: as the server's view does", async (t) => {
  const turn = stopClock(t);
  const server = fakeServer();
  const { page } = start({ key: "0123456789abcdef" });
  assert.equal(byId("self").textContent, "");
  page.showState("open");
  assert.match(byId("self").textContent, /^since \d+:\d\d:\d\d/);
  const since = byId("self").textContent;
  page.showSid("");
  assert.equal(byId("self").textContent, since);
  page.showSid("0123456789abcdef");
  assert.equal(byId("self").textContent, `${since}, sid 01234567…`);
  await turn(0);
  await server.one().answers(200, '{"name": "guest 4"}', "application/json");
  assert.equal(byId("self").textContent, `You are guest 4, ${since}, sid 01234567…`);
  page.askName();
  await turn(0);
  assert.equal(server.one().query["labkit-page"], "0123456789abcdef");
  page.showState("closed");
  assert.equal(byId("self").textContent, "");
});

test("what is said and heard has a time; a note has none", () => {
  const { page } = start();
  for (const kind of ["said", "heard", "note"]) page.add({ kind, text: kind });
  const times = [...byId("log").children].map((line) => line.querySelectorAll("time").length);
  assert.deepEqual(times, [1, 1, 0]);
});

test("what came back from the server says so", () => {
  const { page } = start();
  page.add({ kind: "heard", text: "hi", isEcho: true });
  page.add({ kind: "heard", text: "hi" });
  const told = [...byId("log").children].map((node) => node.textContent);
  assert.match(told[0], /came back from the server/);
  assert.doesNotMatch(told[1], /came back/);
});

test("who is elsewhere on the page keeps the focus", () => {
  const { page } = start();
  byId("log").focus();
  page.showState("open");
  assert.equal(document.activeElement.id, "log");
});

test("what is said stands there at once, and gets its tick from the connection", () => {
  const { asked } = start();
  byId("text").value = "hello";
  submit("form");
  const line = byId("log").lastChild;
  assert.deepEqual([line.className, wordsOf(line)], ["said", "You: hello"]);
  const [, text, room, mark] = asked[0];
  assert.deepEqual([text, room, byId("text").value], ["hello", "", ""]);
  mark("sending");
  mark("acknowledged");
  assert.equal(wordsOf(line), "You: hello✓✓ (acknowledged)");
});

test("what cannot be sent stays in the entry", () => {
  const { asked, connection } = start();
  connection.isOpen = false;
  byId("text").value = "hello";
  submit("form");
  assert.deepEqual([asked, byId("text").value], [[], "hello"]);
});

test("text of others is text, with the room in which it was said", () => {
  const { page } = start();
  page.add({ kind: "heard", text: "<b>hi</b>", room: "tea" });
  const line = byId("log").lastChild;
  assert.deepEqual([wordsOf(line), line.querySelector("b")], ["room tea<b>hi</b>", null]);
});

test("old lines leave the page", () => {
  const { page } = start();
  for (let n = 0; n < 510; n += 1) page.add({ kind: "heard", text: `line ${n}` });
  const log = byId("log");
  assert.deepEqual([log.childElementCount, wordsOf(log.firstChild)], [500, "line 10"]);
});

test("a connection without rooms has no form for them", () => {
  start();
  assert.equal(byId("places").hidden, true);
});

test("a room is joined once the connection says so, and messages can go there", async () => {
  const moves = [];
  const { page } = start({
    move: async (event, room) => {
      moves.push([event, room]);
      page.showRooms([room]);
      return true;
    },
  });
  byId("room").value = "tea";
  submit("places");
  assert.equal(byId("rooms").textContent, "Your rooms: tea");
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual([moves, byId("room").value], [[["join", "tea"]], ""]);
  assert.deepEqual([byId("to").hidden, byId("to").options[1].textContent], [false, "to tea"]);
});

test("a room that is not acknowledged can be tried again", async () => {
  const { page } = start({ move: async () => false });
  page.showState("open");
  byId("room").value = "tea";
  byId("leave").click();
  assert.equal(byId("rooms").textContent, "Waiting for the server …");
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual([byId("rooms").textContent, byId("room").value], ["You are in no room", "tea"]);
});
