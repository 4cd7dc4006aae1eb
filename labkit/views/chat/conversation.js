// The conversation in a chat box: bubbles, ticks, and where the reader is. Entries are numbered
// by Python; what is new is added, what is known keeps its node, what is old leaves the page.

import { make, put } from "../../front_end/dom.js";

const KEPT = 200;   // nodes that stay in the page

const TICKS = { sending: "…", sent: "✓", acknowledged: "✓✓", failed: "✗" };
const TICK_WORDS = {
  sending: "sending",
  sent: "sent: handed to the network; whether it arrived is not known",
  acknowledged: "acknowledged: it arrived",
  failed: "not sent",
};

function hourAndMinute(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function mark(node, status) {
  const tick = node.querySelector(".lk-tick");
  if (!tick || tick.dataset.sendStatus === status) return;
  const words = TICK_WORDS[status] ?? "";
  node.dataset.sendStatus = tick.dataset.sendStatus = status;
  tick.textContent = TICKS[status] ?? "";
  tick.title = words;
  tick.nextSibling.textContent = words ? ` (${words.split(":")[0]})` : "";
}

function bubble(entry, name) {
  const node = make("div", `lk-entry lk-${entry.kind}`);
  const text = make("span", "lk-text", { dir: "auto" }, entry.text);
  if (entry.kind === "note") {
    node.append(text);
    return node;
  }
  const who = entry.kind === "said" ? `${name} said: ` : "heard: ";
  const at = new Date(entry.at * 1000);
  const time = make("time", "", { datetime: at.toISOString(), title: at.toLocaleString() },
    hourAndMinute(entry.at));
  const meta = make("span", "lk-meta", {}, time);
  const room = entry.room ? [make("span", "lk-in", {}, `room ${entry.room}`)] : [];
  node.append(make("span", "lk-hidden", {}, who), ...room, text, meta);
  if (entry.kind === "said") {
    meta.append(make("span", "lk-tick", { "aria-hidden": "true" }), make("span", "lk-hidden"));
    mark(node, entry.sendStatus);
  }
  return node;
}

export function conversation() {
  const nodes = new Map();   // number of an entry -> its node
  const log = make("div", "lk-log", { role: "log", "aria-live": "polite", tabindex: "0" });
  const jump = make("button", "lk-jump", { type: "button", hidden: "" });
  const line = make("div", "lk-new", { role: "separator" }, "New messages");
  let last = -1, unread = 0, follow = true, top = 0;

  function atEnd() {
    follow = true;
    unread = 0;
    jump.hidden = true;
    line.remove();
  }

  function toEnd() {
    atEnd();
    log.scrollTop = log.scrollHeight;
    top = log.clientHeight ? log.scrollTop : Infinity;   // out of sight nothing is laid out
  }

  // Only a reader scrolls up; when the log itself shrinks or grows, it keeps following.
  function lookWhereTheReaderIs() {
    if (!log.clientHeight) return;
    if (log.scrollHeight - log.scrollTop - log.clientHeight < 4) atEnd();
    else if (log.scrollTop < top - 1) follow = false;
    top = log.scrollTop;
  }

  function add(entries, name) {
    lookWhereTheReaderIs();   // the event about a scroll may not have come yet
    const fresh = entries.filter(entry => entry.n > last);
    const missed = fresh.length ? fresh[0].n - last - 1 : 0;
    if (missed > 0) {
      const text = `${missed} earlier ${missed === 1 ? "entry is" : "entries are"} not shown`;
      log.append(bubble({ kind: "note", text }));
    }
    for (const entry of fresh) {
      const node = bubble(entry, name);
      nodes.set(entry.n, node);
      if (entry.kind === "heard") {
        if (!follow && unread === 0) log.append(line);
        unread += 1;
      }
      log.append(node);
    }
    if (fresh.length) last = fresh[fresh.length - 1].n;
    for (const entry of entries) {
      if (entry.kind === "said" && nodes.has(entry.n)) mark(nodes.get(entry.n), entry.sendStatus);
    }
    while (log.childElementCount > KEPT) log.firstElementChild.remove();
    for (const n of nodes.keys()) {
      if (n > last - KEPT) break;
      nodes.delete(n);
    }
    if (follow) toEnd();
    else if (fresh.length) {
      jump.hidden = false;
      put(jump, unread ? `↓ ${unread} new` : "↓ Newest");
      jump.setAttribute("aria-label",
        unread ? `${unread} new messages: jump to the newest` : "Jump to the newest message");
    }
  }

  log.addEventListener("scroll", lookWhereTheReaderIs);
  jump.addEventListener("click", () => { toEnd(); log.focus(); });
  const resized = new ResizeObserver(() => { if (follow) toEnd(); });
  resized.observe(log);

  return { log, jump, add, toEnd, stop: () => resized.disconnect() };
}
