// What crosses a link. Python keeps the rows; the page asks for those that are in sight, so that
// fifty thousand of them scroll like fifty.

import { make, put } from "../../front_end/dom.js";
import { tellPage } from "../shared/jupyter_page.js";
import { lens } from "./row_details.js";

const AROUND = 20;   // rows that are asked for above and below what is in sight

const WORDS = { upstream: "to the server", downstream: "to the client", "": "on the link" };

function render({ model, el }) {
  tellPage(model);
  const id = `lk-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;   // unique on the page
  let requests = crypto.getRandomValues(new Uint32Array(1))[0];   // each view counts from elsewhere
  const asked = {};   // kind -> the id of the request whose answer is awaited
  let stale = false, paused = false, gone = false, follow = true, toOpen = false;
  let shown = { first: 0, matching: 0, rows: [] };
  let active = -1;   // index among the matches
  let end = 0;       // where following left the rows; 0 if it did not yet
  let height = 24;   // of a row, in pixels; measured as soon as there is one

  const title = make("span", "lk-name", { id: `${id}-name` });
  const word = make("span", "lk-state", { role: "status" });
  const text = make("input", "lk-input", { type: "search", placeholder: "Search", "aria-label": "Search in the content" });
  const way = make("select", "", { "aria-label": "Direction" },
    make("option", "", { value: "" }, "both ways"),
    make("option", "", { value: "upstream" }, "→ to the server"),
    make("option", "", { value: "downstream" }, "← to the client"));
  const kind = make("select", "", { "aria-label": "Kind" }, make("option", "", { value: "" }, "all kinds"));
  const pause = make("button", "", { type: "button", "aria-pressed": "false" }, "Pause");
  const save = make("button", "", { type: "button" }, "Save as HAR");
  const tools = make("div", "lk-tools", { role: "group", "aria-label": "Filter and record" },
    text, way, kind, pause, save);
  const head = make("div", "lk-row lk-row-head", { role: "row" }, ...[
    ["time", "lk-at"], ["#", "lk-connection"], ["direction", "lk-way"], ["kind", "lk-kind"],
    ["bytes", "lk-size"], ["content", "lk-content"],
  ].map(([name, style]) => make("span", style, { role: "columnheader" }, name)));
  const space = make("div", "lk-space", { role: "rowgroup" });
  const grid = make("div", "lk-grid", {
    role: "grid", tabindex: "0", "aria-label": "What crossed; Enter opens a row",
  }, make("div", "lk-heads", { role: "rowgroup" }, head), space);
  const empty = make("p", "lk-empty", {}, "Nothing has crossed yet.");
  const jump = make("button", "lk-jump", { type: "button", hidden: "" }, "↓ Newest");
  const note = make("p", "lk-counts");
  const opened = lens(() => grid.focus({ preventScroll: true }));
  const box = make("section", "lk-box lk-wire", {
    "aria-labelledby": `${id}-name`, "data-lm-suppress-shortcuts": "true",
  }, make("header", "lk-head", {}, title, word), tools,
  make("div", "lk-middle", {}, grid, empty, jump), note, opened.panel);
  el.classList.add("lk-chat", "lk-wide");
  el.append(box);
  box.addEventListener("keydown", event => event.stopPropagation());

  const atEnd = () => grid.scrollHeight - grid.scrollTop - grid.clientHeight < height;

  function ask(request) {
    requests += 1;
    asked[request.kind] = requests;
    model.send({ ...request, id: requests });
  }

  // One window at a time: what changes meanwhile is asked for when the answer is there.
  function look() {
    if (gone) return;
    if (asked.window) { stale = true; return; }
    const inSight = Math.ceil(grid.clientHeight / height) + 1;
    const top = Math.floor(grid.scrollTop / height);
    ask({
      kind: "window",
      first: follow ? -1 : Math.max(0, top - AROUND),
      rows: inSight + 2 * AROUND,
      direction: way.value, of: kind.value, text: text.value,
    });
  }

  function rowNode(row, index) {
    const words = WORDS[row.direction];
    const node = make("div", `lk-row lk-kind-${row.kind.replaceAll(" ", "-")}`, {
      role: "row", id: `${id}-${row.n}`, "aria-rowindex": String(index + 2),
      "aria-selected": String(index === active),
    },
    make("span", "lk-at", { role: "gridcell" }, row.at.toFixed(3)),
    make("span", "lk-connection", { role: "gridcell", title: "connection" }, String(row.connection)),
    make("span", "lk-way", { role: "gridcell", title: words },
      make("span", "", { "aria-hidden": "true" }, row.arrow), make("span", "lk-hidden", {}, words)),
    make("span", "lk-kind", { role: "gridcell" }, row.kind),
    make("span", "lk-size", { role: "gridcell" }, row.size ? String(row.size) : ""),
    make("span", "lk-content", { role: "gridcell", dir: "auto" }, row.text));
    if (row.problem) {
      node.classList.add("lk-wrong");
      node.lastChild.append(make("span", "lk-problem", {}, ` ! ${row.problem}`));
    }
    if (!row.size) node.classList.add("lk-fact");
    node.style.top = `${index * height}px`;
    return node;
  }

  function draw() {
    const { first, matching, rows } = shown;
    if (grid.clientHeight && grid.scrollTop < end - 1) follow = false;   // its event is still to come
    grid.setAttribute("aria-rowcount", String(matching + 1));
    space.style.height = `${matching * height}px`;
    space.replaceChildren(...rows.map((row, index) => rowNode(row, first + index)));
    const real = space.firstElementChild?.offsetHeight;
    if (real && Math.abs(real - height) > 0.5) {
      height = real;
      draw();
      return;
    }
    empty.hidden = matching > 0;
    const state = model.get("state");
    put(empty, state.count ? "No row matches." : "Nothing has crossed yet.");
    jump.hidden = follow || !matching || atEnd();
    if (follow) grid.scrollTop = grid.scrollHeight;
    end = follow ? grid.scrollTop : 0;
    const chosen = rows[active - first];
    if (chosen) grid.setAttribute("aria-activedescendant", `${id}-${chosen.n}`);
    else grid.removeAttribute("aria-activedescendant");
    const lost = state.dropped ? ` ${state.dropped} earlier rows were dropped to save memory.` : "";
    put(note, `${matching} of ${state.count} rows.${paused ? " Paused: what crosses now is recorded, not shown." : ""}${lost}`);
  }

  function choose(index) {
    active = Math.max(0, Math.min(index, shown.matching - 1));
    toOpen = false;
    const top = active * height;
    follow = false;
    const room = grid.clientHeight - head.offsetHeight;
    if (top < grid.scrollTop) grid.scrollTop = top;
    else if (top + height > grid.scrollTop + room) grid.scrollTop = top + height - room;
    draw();
    if (!paused) look();
  }

  function openRow() {
    const row = shown.rows[active - shown.first];
    toOpen = !row && active >= 0;   // its window is on the way
    if (row) ask({ kind: "row", number: row.n });
  }

  function answered(message) {
    if (message.id !== asked[message.kind]) return;   // another view's, or an older one
    delete asked[message.kind];
    if (message.kind === "window") {
      shown = message;
      draw();
      if (toOpen) openRow();
      if (stale) { stale = false; look(); }
    } else if (message.kind === "row") {
      opened.show(message);
    } else if (message.kind === "har") {
      const url = URL.createObjectURL(new Blob([message.text], { type: "application/json" }));
      make("a", "", { href: url, download: message.name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    }
  }

  function update() {
    const state = model.get("state");
    if (!state.name) return;
    const live = state.following && !gone;
    put(title, `Link ${state.name}`);
    const many = `${state.connectionCount} ${state.connectionCount === 1 ? "connection" : "connections"}`;
    put(word, gone ? "The kernel is gone: run the notebook again (Run > Run All Cells)"
      : `${state.link}, ${many}${live ? "" : ", no longer followed"}`);
    box.dataset.state = live && state.link === "whole" ? "open" : "closed";
    save.disabled = gone;
    for (const name of state.kinds) {
      if (![...kind.options].some(option => option.value === name)) {
        kind.append(make("option", "", { value: name }, name));
      }
    }
    if (!paused) look();
  }

  const STEPS = {
    ArrowDown: () => active + 1,
    ArrowUp: () => active - 1,
    PageDown: () => active + Math.floor(grid.clientHeight / height),
    PageUp: () => active - Math.floor(grid.clientHeight / height),
    Home: () => 0,
    End: () => shown.matching - 1,
  };
  grid.addEventListener("keydown", event => {
    if (event.key in STEPS) {
      choose(active < 0 && event.key.startsWith("Arrow")
        ? Math.floor(grid.scrollTop / height) : STEPS[event.key]());
    } else if (event.key === "Enter") openRow();
    else return;
    event.preventDefault();
  });
  // What crosses while a button is down replaces the rows, and then there is no click.
  let pressed = false;
  const rowAt = ({ target, clientY }) => {
    const row = target.closest(".lk-row");
    return row ? Number(row.getAttribute("aria-rowindex")) - 2
      : Math.floor((clientY - space.getBoundingClientRect().top) / height);
  };
  space.addEventListener("pointerdown", event => {
    if (event.button !== 0) return;
    pressed = true;
    choose(rowAt(event));
  });
  space.addEventListener("pointerup", () => {
    if (pressed) openRow();
    pressed = false;
  });
  space.addEventListener("pointerleave", () => { pressed = false; });
  space.addEventListener("click", event => {
    if (event.detail) return;
    choose(rowAt(event));   // of a screen reader: no button went down
    openRow();
  });
  grid.addEventListener("scroll", () => {
    const was = follow;
    follow = atEnd() && !paused;
    jump.hidden = follow || !shown.matching;
    const top = Math.floor(grid.scrollTop / height);
    const bottom = Math.min(shown.matching, top + Math.ceil(grid.clientHeight / height));
    if (top < shown.first || bottom > shown.first + shown.rows.length || was !== follow) look();
  });
  for (const control of [text, way, kind]) {
    control.addEventListener("input", () => { active = -1; follow = true; end = 0; look(); });
  }
  pause.addEventListener("click", () => {
    paused = !paused;
    follow = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    put(pause, paused ? "Go on" : "Pause");
    draw();
    if (!paused) look();
  });
  save.addEventListener("click", () => ask({ kind: "har" }));
  jump.addEventListener("click", () => { follow = true; look(); grid.focus(); });
  const resized = new ResizeObserver(() => { end = 0; look(); });
  resized.observe(grid);

  function kernelGone() {
    gone = true;
    update();
  }

  model.on("change:state", update);
  model.on("msg:custom", answered);
  model.on("comm_live_update", kernelGone);
  update();
  return () => {
    resized.disconnect();
    model.off("change:state", update);
    model.off("msg:custom", answered);
    model.off("comm_live_update", kernelGone);
  };
}

export default { render };
