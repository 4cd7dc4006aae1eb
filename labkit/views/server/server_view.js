// A server: who is connected, counts, the last events. Python sends the whole state.

import { make, put } from "../../front_end/dom.js";
import { asking } from "../shared/actions.js";
import { tellPage } from "../shared/jupyter_page.js";
import { connectionTable, time } from "./connection_rows.js";

// Behind a hub the kernel's ports are reached through Jupyter's own address only.
function pageOf({ host, port, path }) {
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  if (!local) {
    const config = document.getElementById("jupyter-config-data");
    const base = config ? JSON.parse(config.textContent).baseUrl ?? "/" : "/";
    return `${base.replace(/\/*$/, "")}/proxy/${port}${path}`;
  }
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}${path}`;
}

function events(state) {
  const items = state.events.map(event => make("li", `lk-event lk-event-${event.kind}`, {},
    make("time", "", {}, time(event.at)), ` ${event.text}`));
  return items.length ? make("ol", "lk-events", {}, ...items) : make("p", "", {}, "Nothing yet.");
}

function render({ model, el }) {
  tellPage(model);
  const id = `lk-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;   // unique on the page
  const shown = {};   // part -> the JSON of what it shows
  let gone = false;
  const title = make("span", "lk-name", { id });
  const badge = make("span", "lk-badge", { title: "transport" });
  const shape = make("span", "lk-shape", { "aria-hidden": "true" });
  const word = make("span", "", { role: "status" });
  const page = make("a", "lk-page", { target: "_blank", rel: "noopener" }, "Open the chat page");
  const counts = make("p", "lk-counts");
  const desk = asking(model);
  const done = make("p", "lk-hidden", { role: "status" });   // what was done, read out
  // groups that scroll must be reachable by keyboard
  const scrolls = label => ({ tabindex: "0", role: "group", "aria-label": label });
  const connections = connectionTable(id, desk, text => put(done, text), goOn);
  const summary = make("div", "lk-summary", scrolls("Who is connected"), connections.table, counts);
  const log = make("div", "lk-log", scrolls("Last events"));
  const trouble = make("div", "lk-notice", { ...scrolls("Trouble"), hidden: "" });
  const box = make("section", "lk-box lk-server", {
    "aria-labelledby": id, "data-lm-suppress-shortcuts": "true",
  }, make("header", "lk-head", {}, title, badge, make("span", "lk-state", {}, shape, word), page),
  summary, desk.notice, done, log, trouble);
  el.classList.add("lk-chat");
  el.append(box);
  box.addEventListener("keydown", event => event.stopPropagation());

  // From where a connection was, Tab goes on to the next one; Enter alone does nothing there.
  function goOn(next) {
    if (next) next.tabIndex = -1;
    (next ?? summary).focus();
  }

  // The newest event stays in sight, until the reader scrolls up; before the first layout, too.
  let follow = true;
  const toEnd = () => { if (follow) log.scrollTop = log.scrollHeight; };
  log.addEventListener("scroll", () => {
    follow = log.scrollHeight - log.scrollTop - log.clientHeight < 32;
  });
  const resized = new ResizeObserver(toEnd);
  resized.observe(log);

  function showStatus(state) {
    const running = state.running && !gone;
    put(shape, running ? "●" : "○");
    const live = state.following && !gone;
    put(word, gone ? "No kernel"
      : `${running ? "Running" : "Stopped"}${live ? "" : ", no longer followed"}`);
    box.dataset.state = running && live ? "open" : "closed";
    page.hidden = !running;
    page.href = pageOf(state);
  }

  // Rebuilt only if it changed, so that selected text stays selected.
  function refresh(part, value, build) {
    const text = JSON.stringify(value);
    if (shown[part] === text) return;
    shown[part] = text;
    build();
  }

  function update() {
    const state = model.get("state");
    if (!state.name) return;
    put(title, `Server ${state.name}`);
    put(badge, state.protocol);
    showStatus(state);
    el.classList.toggle("lk-with-rooms", state.hasRooms);
    connections.update(state, state.following && state.running && !gone);
    const numbers = Object.entries(state.counts).map(([kind, count]) => `${kind} ${count}`);
    put(counts, numbers.length ? `Since the start: ${numbers.join(", ")}.` : "");
    refresh("events", state.events, () => log.replaceChildren(events(state)));
    const lines = state.errors.map(error => `Background error: ${error}`).concat(
      state.blocked.map(seconds => `The event loop was blocked for ${seconds} s.`));
    refresh("trouble", lines, () => {
      trouble.replaceChildren(...lines.map(line => make("p", "", {}, line)));
      trouble.hidden = !lines.length;
    });
    toEnd();
  }

  function kernelGone() {
    gone = true;
    desk.gone();
    update();
  }

  model.on("change:state", update);
  model.on("comm_live_update", kernelGone);
  update();
  return () => {
    desk.stop();
    resized.disconnect();
    model.off("change:state", update);
    model.off("comm_live_update", kernelGone);
  };
}

export default { render };
