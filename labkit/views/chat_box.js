// One chat box. Python sends the whole state; this adds what is new to the page and mends the rest.
// Every action of a person is one message to Python, answered by "accepted" or "refused".

const KEPT = 200;        // entries that stay in the page
const PATIENCE = 3000;   // milliseconds to wait for the kernel's answer

const TICKS = { sending: "…", sent: "✓", acknowledged: "✓✓", failed: "✗" };
const TICK_WORDS = {
  sending: "sending",
  sent: "sent: handed to the network, raw WebSocket tells no more",
  acknowledged: "acknowledged by the server",
  failed: "not sent",
};

function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function bubble(entry, name) {
  const node = make("div", `lk-entry lk-${entry.kind}`);
  if (entry.kind === "note") {
    node.append(make("span", "lk-text", { dir: "auto" }, entry.text));
    return node;
  }
  const who = entry.kind === "said" ? `${name} said: ` : "heard: ";
  const meta = make("span", "lk-meta", {}, make("time", "", {}, clock(entry.at)));
  node.append(
    make("span", "lk-hidden", {}, who),
    make("span", "lk-text", { dir: "auto" }, entry.text),
    meta,
  );
  if (entry.kind === "said") {
    meta.append(make("span", "lk-tick", { "aria-hidden": "true" }), make("span", "lk-hidden"));
    tick(node, entry.delivery);
  }
  return node;
}

function tick(node, delivery) {
  const mark = node.querySelector(".lk-tick");
  if (!mark || mark.dataset.delivery === delivery) return;
  mark.dataset.delivery = delivery;
  mark.textContent = TICKS[delivery] ?? "";
  mark.title = TICK_WORDS[delivery] ?? "";
  mark.nextSibling.textContent = ` (${(TICK_WORDS[delivery] ?? "").split(":")[0]})`;
}

function render({ model, el }) {
  const id = `lk-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;   // unique on the page
  const seen = new Map();      // entry number -> its node
  const waiting = new Map();   // number of a request -> its timer
  let last = -1, unread = 0, requests = 0, gone = false, countdown;

  const avatar = make("span", "lk-avatar", { "aria-hidden": "true" });
  const name = make("span", "lk-name", { id: `${id}-name` });
  const badge = make("span", "lk-badge", { title: "transport" });
  const status = make("span", "lk-state", { role: "status" });
  const plug = make("button", "lk-plug", { type: "button" });
  const log = make("div", "lk-log", {
    role: "log", "aria-live": "polite", "aria-label": "Conversation", tabindex: "0",
  });
  const jump = make("button", "lk-jump", { type: "button", hidden: "" });
  const notice = make("p", "lk-notice", { role: "alert", hidden: "" });
  const reason = make("span", "lk-reason", { id: `${id}-reason` });
  const again = make("button", "lk-again", { type: "button" }, "Connect again");
  const closed = make("div", "lk-closed", { hidden: "" }, reason, again);
  const input = make("input", "lk-input", {
    id: `${id}-input`, autocomplete: "off", dir: "auto", placeholder: "Write a message",
    "aria-describedby": `${id}-reason`,   // why it is disabled
  });
  const send = make("button", "lk-send", { type: "submit" }, "Send");
  const form = make(
    "form", "lk-form", {},
    make("label", "lk-hidden", { for: `${id}-input` }, "Message"), input, send,
  );
  const box = make(
    "section", "lk-box", { "aria-labelledby": `${id}-name` },
    make("header", "lk-head", {}, avatar, name, badge, status, plug),
    make("div", "lk-middle", {}, log, jump), notice, closed, form,
  );
  el.classList.add("lk-chat");
  el.append(box);
  // JupyterLab's shortcuts must not see what is typed here
  box.addEventListener("keydown", event => event.stopPropagation());

  let follow = true;   // the log keeps showing the newest entry until somebody scrolls up
  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 32;

  function toEnd() {
    follow = true;
    log.scrollTop = log.scrollHeight;
    unread = 0;
    jump.hidden = true;
  }

  function warn(text) {
    notice.textContent = text;
    notice.hidden = !text;
  }

  function ask(request) {
    if (gone) return;
    const number = ++requests;
    waiting.set(number, setTimeout(() => warn(
      "No answer from the kernel: it is busy or gone. If a cell is running, wait for it or "
      + "interrupt it; otherwise restart the kernel and run all cells."), PATIENCE));
    model.send(request.kind === "send" ? { ...request, id: number } : request);
    return number;
  }

  function addEntries(entries, total) {
    const fresh = entries.filter(entry => entry.n > last);
    const missed = fresh.length ? fresh[0].n - last - 1 : 0;
    if (missed > 0) {
      const text = `${missed} earlier ${missed === 1 ? "entry is" : "entries are"} not shown`;
      log.append(bubble({ kind: "note", text }));
    }
    for (const entry of fresh) {
      const node = bubble(entry, name.textContent);
      seen.set(entry.n, node);
      log.append(node);
      if (entry.kind === "heard") unread += 1;
    }
    if (fresh.length) last = fresh[fresh.length - 1].n;
    for (const entry of entries) {
      const node = seen.get(entry.n);
      if (node && entry.kind === "said") tick(node, entry.delivery);
    }
    while (log.childElementCount > KEPT) log.firstElementChild.remove();
    for (const n of seen.keys()) {
      if (n > total - 2 * KEPT) break;
      seen.delete(n);
    }
    if (follow) toEnd();
    else if (fresh.length) {
      jump.hidden = false;
      jump.textContent = `↓ ${unread} new`;
      jump.setAttribute("aria-label", `${unread} new messages: jump to the newest`);
    }
  }

  function showState(state) {
    clearInterval(countdown);
    if (gone) {
      status.textContent = "○ No kernel";
      box.dataset.state = "closed";
      return;
    }
    const word = () => {
      const left = state.retryAt ? Math.max(0, Math.ceil(state.retryAt - Date.now() / 1000)) : null;
      status.textContent = `${state.state.shape} ${state.state.word}`
        + (left !== null && state.state.key === "reconnecting" ? ` in ${left} s` : "");
    };
    word();
    if (state.state.key === "reconnecting" && state.retryAt) countdown = setInterval(word, 500);
    box.dataset.state = state.state.key;
  }

  function update() {
    const state = model.get("state");
    if (!state.state) return;
    name.textContent = state.name;
    avatar.textContent = [...state.name][0]?.toUpperCase() ?? "?";
    badge.textContent = state.transport;
    showState(state);
    const isOpen = state.state.key === "open" && !gone;
    const cut = state.link === "cut";
    plug.textContent = cut ? "Put the plug back" : "Pull the plug";
    plug.setAttribute("aria-pressed", String(cut));
    plug.disabled = gone || state.link === "closed";
    input.disabled = send.disabled = !isOpen;
    closed.hidden = isOpen || gone;   // then the notice gives the reason
    reason.textContent = state.reason;
    again.hidden = state.state.key !== "closed" || state.link !== "whole";
    addEntries(state.entries, state.total);
  }

  function kernelGone() {
    gone = true;
    warn("The kernel was restarted or has ended, and this box with it. "
      + "Run the notebook again: Run, then Run All Cells.");
    update();
  }

  function answered(message) {
    if (message.kind !== "accepted" && message.kind !== "refused") return;
    if (message.id) {
      clearTimeout(waiting.get(message.id));
      waiting.delete(message.id);
    } else {
      waiting.forEach(clearTimeout);
      waiting.clear();
    }
    warn(message.kind === "refused" ? message.why : "");
  }

  form.addEventListener("submit", event => {
    event.preventDefault();
    if (!input.value || input.disabled) return;
    const text = input.value;
    const number = ask({ kind: "send", text });
    input.value = "";
    input.focus();
    const restore = message => {
      if (message.id !== number) return;
      model.off("msg:custom", restore);
      if (message.kind === "refused" && !input.value) input.value = text;
    };
    model.on("msg:custom", restore);
  });
  plug.addEventListener("click", () => {
    ask({ kind: "plug", in_place: plug.getAttribute("aria-pressed") === "true" });
  });
  again.addEventListener("click", () => { ask({ kind: "open" }); input.focus(); });
  jump.addEventListener("click", () => { toEnd(); log.focus(); });
  log.addEventListener("scroll", () => {
    follow = atEnd();
    if (follow) { unread = 0; jump.hidden = true; }
  });
  const resized = new ResizeObserver(() => { if (follow) toEnd(); });
  resized.observe(log);

  model.on("change:state", update);
  model.on("msg:custom", answered);
  model.on("comm_live_update", kernelGone);
  update();

  return () => {
    clearInterval(countdown);
    resized.disconnect();
    waiting.forEach(clearTimeout);
    model.off("change:state", update);
    model.off("msg:custom", answered);
    model.off("comm_live_update", kernelGone);
  };
}

export default { render };
