// The chat page of a Socket.IO server. All addresses are relative to the page, so that it also works
// behind a path prefix (a proxy, a hub) and through a link.

const path = `${location.pathname.replace(/[^/]*$/, "")}socket.io`;
const installed = typeof io !== "undefined";
const token = new URLSearchParams(location.search).get("token");   // of a server that wants one
const query = token === null ? {} : { token };
const socket = installed ? io({ path, query }) : byHand(path, query);

const PATIENCE = 5000;   // milliseconds for an acknowledgement
const KEPT = 500;        // lines that stay in the page
const LOOKS = {
  connecting: "◔ Connecting", open: "● Open", reconnecting: "↻ Reconnecting", closed: "○ Closed",
};
const TICKS = {
  sending: ["…", "sending"],
  acknowledged: ["✓✓", "acknowledged"],
  failed: ["✗", "not acknowledged"],
};
const REASONS = {
  "io server disconnect": "The server ended it, and said so",
  "io client disconnect": "This page ended it",
  "ping timeout": "Nothing came from the server for too long",
  "transport close": "The connection ended without a disconnect packet",
  "transport error": "The connection broke",
  "parse error": "A packet came that nobody can read",
};

const [log, form, to, text, send, places, room, join, leave, rooms, state, badge, again, hint] = [
  "log", "form", "to", "text", "send", "places", "room", "join", "leave", "rooms", "state", "badge",
  "again", "hint",
].map(id => document.getElementById(id));

// What is shown: always text, never HTML (`plainText` is in untrusted.js).

function part(line, className, words) {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = plainText(words);
  line.append(span);
  return span;
}

function add(kind, words, inRoom = "") {
  const line = document.createElement("p");
  line.className = kind;
  line.dir = "auto";
  if (kind === "said") part(line, "lk-hidden", "You: ");
  if (inRoom) part(line, "room", `room ${inRoom}`);
  line.append(plainText(words));
  log.append(line);
  while (log.childElementCount > KEPT) log.firstElementChild.remove();
  if (following) toEnd();
  return line;
}

let following = true;   // until the reader scrolls up
const toEnd = () => { log.scrollTop = log.scrollHeight; };
log.onscroll = () => {
  following = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
};
new ResizeObserver(() => { if (following) toEnd(); }).observe(log);

function described(value) {
  const bytes = data => data instanceof ArrayBuffer && `${data.byteLength} bytes of binary data`;
  return bytes(value) || JSON.stringify(value, (key, inner) => bytes(inner) || inner);
}

function show(name, further = "") {
  state.textContent = LOOKS[name] + further;
  const isOpen = name === "open";
  for (const control of [to, text, send, room, join, leave]) control.disabled = !isOpen;
  again.hidden = name !== "closed";
  if (isOpen && document.activeElement === document.body) text.focus();
}

// What was said here. The server of the course sends a message to its sender, too; others skip the
// sender, and both must look the same. So one's own message is shown at once, and its echo is not.
// Nothing in an echo tells that it is one. But whoever echoes does so before acknowledging, on the
// same connection, where order is kept: what has the event and the arguments of a message that is
// not acknowledged yet is its echo, and after the acknowledgement no echo of it is expected.

const underWay = new Set();

function isEcho(key) {
  for (const message of underWay)
    if (message.key === key) return underWay.delete(message);
  return false;
}

function say(words, inRoom) {
  const event = inRoom ? ["room message", inRoom, words] : ["chat message", words];
  const line = add("said", words, inRoom);
  const tick = part(line, "tick", "");
  const tickWords = part(line, "lk-hidden", "");
  const mark = name => {
    [tick.textContent, tickWords.textContent] = [TICKS[name][0], ` (${TICKS[name][1]})`];
    tick.title = TICKS[name][1];
  };
  tick.ariaHidden = "true";
  mark("sending");
  const message = { key: JSON.stringify(event) };
  underWay.add(message);
  socket.timeout(PATIENCE).emit(...event, error => {
    underWay.delete(message);
    mark(error ? "failed" : "acknowledged");
  });
}

socket.onAny((name, ...values) => {
  if (typeof values.at(-1) === "function") values.pop()();   // the server asks whether it came
  if (isEcho(JSON.stringify([name, ...values]))) return;
  const [first, second] = values;
  if (name === "chat message" && values.length === 1)
    add("heard", typeof first === "string" ? first : described(first));
  else if (name === "room message" && values.length === 2 && typeof second === "string")
    add("heard", second, first);
  else add("event", `${name}(${values.map(described).join(", ")})`);
});

form.onsubmit = event => {
  event.preventDefault();
  if (!text.value || !socket.connected) return;
  say(text.value, to.value);
  text.value = "";
};

// Rooms: the server alone knows who is in which; it tells when it acknowledges `join` or `leave`.

let mine = [];

function listRooms(names) {
  mine = names;
  rooms.textContent = mine.length ? plainText(`Your rooms: ${mine.join(", ")}`) : "You are in no room";
  const before = to.value;
  to.replaceChildren(new Option("to everybody", ""));
  for (const name of mine) to.add(new Option(plainText(`to ${name}`), name));
  to.value = mine.includes(before) ? before : "";
  to.hidden = !mine.length;
}

function move(event) {
  const name = room.value;
  if (!name) return room.focus();
  rooms.textContent = "Waiting for the server …";
  socket.timeout(PATIENCE).emit(event, name, (error, told) => {
    if (error) {
      listRooms(mine);
      return add("note", `“${event}” was not acknowledged. Perhaps this server has no handler for it.`);
    }
    const others = mine.filter(known => known !== name);
    listRooms(Array.isArray(told) ? told : event === "join" ? [...others, name] : others);
    room.value = "";
  });
}

places.onsubmit = event => { event.preventDefault(); move("join"); };
leave.onclick = () => move("leave");
listRooms([]);

// The connection.

let lastError = "", wasOpen = false;

socket.on("connect", () => {
  if (wasOpen) add("note", "Connected again.");
  [lastError, wasOpen] = ["", true];
  show("open");
});

socket.on("disconnect", reason => {
  const why = `${REASONS[reason] ?? "The connection ended"} (${reason}).`;
  const back = `The client ${socket.active ? "comes" : "does not come"} back by itself`;
  add("note", `${why} ${back}${mine.length ? "; your rooms are lost" : ""}.`);
  badge.textContent = "";
  listRooms([]);
  show(socket.active ? "reconnecting" : "closed");
});

socket.on("connect_error", ({ message }) => {
  if (message !== lastError) add("note", `Cannot connect: ${message}.`);
  lastError = message;   // the same reason is not repeated with each attempt
  if (!socket.active) show("closed");
});

if (installed) {
  socket.io.on("open", () => {
    badge.textContent = socket.io.engine.transport.name;
    socket.io.engine.on("upgrade", ({ name }) => { badge.textContent = name; });
  });
  socket.io.on("reconnect_attempt", attempt => show("reconnecting", ` (attempt ${attempt})`));
} else {
  hint.hidden = false;
  socket.on("open", () => { badge.textContent = "websocket, by hand"; });
}

again.onclick = () => { show("connecting"); socket.connect(); };
