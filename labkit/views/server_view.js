// A server: who is connected, counts, the last events. Python sends the whole state.

const time = seconds => new Date(seconds * 1000).toLocaleTimeString();

// Behind a hub the kernel's ports are reached through Jupyter's own address only.
function pageOf(state) {
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  if (local) return `http://${state.host}:${state.port}/`;
  const config = document.getElementById("jupyter-config-data");
  const base = config ? JSON.parse(config.textContent).baseUrl ?? "/" : "/";
  return `${base}proxy/${state.port}/`;
}

function row(...cells) {
  const [first, ...rest] = cells;
  return make("tr", "", {}, make("th", "", { scope: "row" }, first),
    ...rest.map(text => make("td", "", {}, text)));
}

function guests(state) {
  const head = make("tr", "", {}, ...["who", "since", "messages"].map(
    text => make("th", "", { scope: "col" }, text)));
  const rows = state.guests.map(guest => row(guest.name, time(guest.since), String(guest.received)));
  const more = state.connected - state.guests.length;
  if (more > 0) rows.push(row(`and ${more} more`, "", ""));
  if (!rows.length) rows.push(make("tr", "", {}, make("td", "", { colspan: "3" }, "Nobody.")));
  return make("table", "lk-table", {},
    make("caption", "", {}, `Connected now: ${state.connected}`),
    make("thead", "", {}, head), make("tbody", "", {}, ...rows));
}

function events(state) {
  const items = state.events.map(event => make("li", `lk-event lk-event-${event.kind}`, {},
    make("time", "", {}, time(event.at)), ` ${event.text}`));
  return items.length ? make("ol", "lk-events", {}, ...items) : make("p", "", {}, "Nothing yet.");
}

function render({ model, el }) {
  el.classList.add("lk-chat");
  const title = make("h3", "lk-title");
  const badge = make("span", "lk-badge");
  const status = make("span", "lk-state", { role: "status" });
  const page = make("a", "lk-page", { target: "_blank", rel: "noopener" }, "Open the chat page");
  const counts = make("p", "lk-counts");
  const table = make("div");
  const log = make("div", "lk-log", { tabindex: "0", role: "region", "aria-label": "Last events" });
  const trouble = make("div", "lk-notice", { hidden: "" });
  el.append(make("section", "lk-box lk-server", {},
    make("header", "lk-head", {}, title, badge, status, page),
    make("div", "lk-summary", {}, table, counts), log, trouble));

  function update() {
    const state = model.get("state");
    if (!state.name) return;
    title.textContent = `Server ${state.name}`;
    badge.textContent = state.transport;
    status.textContent = state.running ? "● Running" : "○ Stopped";
    status.closest(".lk-box").dataset.state = state.running ? "open" : "closed";
    page.hidden = !state.running;
    page.href = pageOf(state);
    table.replaceChildren(guests(state));
    const numbers = Object.entries(state.counts).map(([kind, count]) => `${kind} ${count}`);
    counts.textContent = numbers.length ? `Since the start: ${numbers.join(", ")}.` : "";
    const follow = log.scrollHeight - log.scrollTop - log.clientHeight < 32;
    log.replaceChildren(events(state));
    if (follow) log.scrollTop = log.scrollHeight;
    const lines = state.errors.map(error => `Background error: ${error}`).concat(
      state.blocked.map(seconds => `The event loop was blocked for ${seconds} s.`));
    trouble.replaceChildren(...lines.map(line => make("p", "", {}, line)));
    trouble.hidden = !lines.length;
  }

  function kernelGone() {
    status.textContent = "○ The kernel is gone: run the notebook again";
    status.closest(".lk-box").dataset.state = "closed";
    page.hidden = true;
  }

  model.on("change:state", update);
  model.on("comm_live_update", kernelGone);
  update();
  return () => {
    model.off("change:state", update);
    model.off("comm_live_update", kernelGone);
  };
}

export default { render };
