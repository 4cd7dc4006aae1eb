// The rows of one connection in a server's table. They stay the same while it stays, so that
// updates take neither the focus nor what is being typed there.

import { make, put } from "../../front_end/dom.js";

export const time = seconds => new Date(seconds * 1000).toLocaleTimeString();

const COLUMNS = ["who", "transport", "since", "messages"];
const OF_PLACES = ["namespace", "sid", "rooms"];

// Returns as many cells as OF_PLACES has names.
function placeCells(place) {
  if (!place) return OF_PLACES.map(() => make("td"));
  const short = place.sid.length > 9 ? `${place.sid.slice(0, 8)}…` : place.sid;
  return [
    make("td", "lk-namespace", {}, place.shown),
    make("td", "lk-sid", { title: place.sid }, short),
    make("td", "lk-in-rooms", {}, place.rooms.join(", ") || "none"),
  ];
}

// A form that puts a connection into a room and takes it out again.
function roomForm(connection, id, move) {
  const { name, number } = connection;
  const room = make("input", "lk-room", {
    id: `${id}-room-${number}`, "aria-label": `Room for ${name}`, autocomplete: "off", dir: "auto",
    maxlength: "100",
  });
  const where = make("select", "lk-where", { "aria-label": `Namespace for ${name}` });
  const into = make("button", "", { type: "submit", "aria-label": `Put in room: ${name}` }, "Put in");
  const out = make("button", "", {
    type: "button", "aria-label": `Take out of room: ${name}`,
  }, "Take out");
  const form = make("form", "lk-move", {},
    make("label", "", { for: room.id }, "Room"), room, where, into, out);

  form.addEventListener("submit", event => {
    event.preventDefault();
    move(where.value, room.value, true);
  });
  out.addEventListener("click", () => move(where.value, room.value, false));

  function update({ places }, live) {
    const names = places.map(place => place.namespace);
    if (names.join("\n") !== [...where.options].map(option => option.value).join("\n")) {
      const chosen = where.value;
      where.replaceChildren(...places.map(
        place => make("option", "", { value: place.namespace }, `in ${place.shown}`)));
      if (names.includes(chosen)) where.value = chosen;
    }
    where.hidden = names.length < 2;
    room.disabled = where.disabled = into.disabled = out.disabled = !live;
  }
  return { form, update };
}

function connectionRows(connection, hasRooms, id, desk, told) {
  const { name, number } = connection;
  const who = make("th", "", { scope: "row" }, name);
  const [transport, since, received] = [make("td"), make("td"), make("td", "lk-received")];
  const leave = make("button", "", { type: "button", "aria-label": `Disconnect ${name}` }, "Disconnect");
  const first = make("tr", "", {}, who, transport, since, received);
  const body = make("tbody", "lk-connection", {}, first);
  let leaving = false, shown = "", further = [], form = null;

  function ask(request, pending, done) {
    desk.ask({ ...request, connection: number }, { pending: `Not done yet: ${pending}. `, ...done });
  }

  leave.addEventListener("click", () => {
    if (leaving) return;   // a double click
    leaving = true;
    ask({ kind: "disconnect" }, `disconnect ${name}`, {
      undo: () => { leaving = false; return ""; },
      done: () => told(`${name} is disconnected.`),
    });
  });

  if (hasRooms) {
    form = roomForm(connection, id, (namespace, room, into) => {
      const what = into ? `put ${name} into ${room}` : `take ${name} out of ${room}`;
      ask({ kind: "move", namespace, room, into }, what, {
        done: () => told(`${name} is ${into ? "in" : "not in"} the room ${room}.`),
      });
    });
  }
  const columns = COLUMNS.length + (hasRooms ? OF_PLACES.length : 0);
  const actions = make("div", "lk-actions", {}, ...(form ? [form.form] : []), leave);
  body.append(make("tr", "", {}, make("td", "lk-action", { colspan: columns }, actions)));

  function showPlaces({ places, morePlaces }) {
    further.forEach(node => node.remove());
    const [main, ...others] = places;
    const rows = others.map(place => make("tr", "", {}, ...placeCells(place)));
    if (morePlaces) {
      rows.push(make("tr", "", {}, make("td", "", { colspan: OF_PLACES.length }, `and ${morePlaces} more`)));
    }
    const cells = placeCells(main);
    first.append(...cells);
    first.after(...rows);
    for (const cell of [who, transport, since, received]) cell.rowSpan = rows.length + 1;
    further = [...cells, ...rows];
  }

  function update(now, live) {
    put(transport, now.transport);
    put(since, time(now.since));
    put(received, String(now.received ?? "–"));
    leave.disabled = !live;
    if (!hasRooms) return;
    const text = JSON.stringify([now.places, now.morePlaces]);
    if (shown !== text) showPlaces(now);
    shown = text;
    form.update(now, live);
  }

  return { body, update };
}

// The table of connections. `lost` is called when rows that had the focus leave the page, with those
// that come after them.
export function connectionTable(id, desk, told, lost) {
  const caption = make("caption");
  const head = make("tr");
  const end = make("td");
  const tail = make("tbody", "", {}, make("tr", "", {}, end));
  const table = make("table", "lk-table", {}, caption, make("thead", "", {}, head), tail);
  const known = new Map();   // number of a connection -> its rows

  function update(state, live) {
    if (!head.childElementCount) {
      const names = [...COLUMNS, ...(state.hasRooms ? OF_PLACES : [])];
      head.append(...names.map(name => make("th", "", { scope: "col" }, name)));
      end.colSpan = names.length;
    }
    put(caption, `Connected now: ${state.connected}`);
    const present = new Set(state.connections.map(connection => connection.number));
    for (const [number, rows] of known) {
      if (present.has(number)) continue;
      const hadFocus = rows.body.contains(document.activeElement);
      const next = rows.body.nextElementSibling;
      rows.body.remove();
      known.delete(number);
      if (hadFocus) lost(next === tail ? null : next);
    }
    for (const connection of state.connections) {
      if (!known.has(connection.number)) {
        const rows = connectionRows(connection, state.hasRooms, id, desk, told);
        known.set(connection.number, rows);
        tail.before(rows.body);
      }
      known.get(connection.number).update(connection, live);
    }
    const more = state.connected - state.connections.length;
    put(end, state.connected ? `and ${more} more` : "Nobody.");
    tail.hidden = state.connected > 0 && more <= 0;
  }

  return { table, update };
}
