// A server: who is connected, counts, the last events. Python sends the whole state.

import { clockTime } from "../../front_end/connection_words.js";
import { make, put } from "../../front_end/dom.js";
import { FollowingLog } from "../../front_end/following_log.js";
import { viewOf } from "../shared/view.js";
import { ConnectionTable } from "./connection_table.js";
import { pageAddresses, readJupyter } from "./page_address.js";

/** @import { Parts } from "../shared/view.js" */
/** @import { ServerAction, ServerSnapshot } from "./messages.js" */

/**
 * Attributes of a group that scrolls: it must be reachable by keyboard.
 *
 * @param {string} label
 */
function scrolls(label) {
  return { tabindex: "0", role: "group", "aria-label": label };
}

/** @param {ServerSnapshot["events"]} events */
function eventList(events) {
  if (!events.length) return make("p", "", {}, "Nothing yet.");
  const items = events.map(({ kind, at, text }) =>
    make("li", `lk-event lk-event-${kind}`, {}, make("time", "", {}, clockTime(at)), ` ${text}`),
  );
  return make("ol", "lk-events", {}, ...items);
}

class ServerView {
  #badge = make("span", "lk-badge", { title: "transport" });
  #shape = make("span", "lk-shape", { "aria-hidden": "true" });
  #word = make("span", "", { role: "status" });
  #page = make("a", "lk-page", { target: "_blank", rel: "noopener" }, "Open the chat page");
  #further = make(
    "a",
    "lk-page",
    {
      target: "_blank",
      rel: "noopener",
      title: "The same page at Jupyter's address, for a Jupyter in a container or behind a tunnel",
    },
    "or through Jupyter",
  );
  #counts = make("p", "lk-counts");
  #done = make("p", "lk-hidden", { role: "status" }); // what was done, read out
  #summary = make("div", "lk-summary", scrolls("Who is connected"));
  #events = make("div", "lk-log", scrolls("Last events"));
  #reader = new FollowingLog(this.#events);
  #trouble = make("div", "lk-notice", { ...scrolls("Trouble"), hidden: "" });
  /** Parts, and the JSON of what they show.
   * @type {Map<HTMLElement, string>} */
  #shown = new Map();
  #el;
  #box;
  #name;
  #connections;

  /** @param {Parts<ServerAction>} parts */
  constructor({ id, el, box, actions }) {
    this.#el = el;
    this.#box = box;
    this.#name = make("span", "lk-name", { id: `${id}-name` });
    this.#connections = new ConnectionTable(
      id,
      actions,
      (done) => put(this.#done, done),
      (next) => this.#goOn(next),
    );
    this.#summary.append(this.#connections.table, this.#counts);
    const state = make("span", "lk-state", {}, this.#shape, this.#word);
    box.classList.add("lk-server");
    box.append(
      make("header", "lk-head", {}, this.#name, this.#badge, state, this.#page, this.#further),
      this.#summary,
      actions.notice,
      this.#done,
      this.#events,
      this.#trouble,
    );
  }

  /**
   * From where a connection was, Tab goes on to the next one; Enter alone does nothing there.
   *
   * @param {HTMLElement | null} next
   */
  #goOn(next) {
    if (next) next.tabIndex = -1;
    (next ?? this.#summary).focus();
  }

  /**
   * @param {ServerSnapshot} snapshot
   * @param {boolean} gone
   */
  update(snapshot, gone) {
    put(this.#name, `Server ${snapshot.name}`);
    put(this.#badge, snapshot.protocol);
    this.#showState(snapshot, gone);
    this.#el.classList.toggle("lk-with-rooms", snapshot.hasRooms);
    this.#connections.update(snapshot, snapshot.following && snapshot.running && !gone);
    const numbers = Object.entries(snapshot.counts).map(([kind, count]) => `${kind} ${count}`);
    const counts = numbers.length ? [`Since the start: ${numbers.join(", ")}.`] : [];
    if (snapshot.connections.some(({ received }) => received === null)) {
      counts.push("– means not counted: messages go straight to your own handler.");
    }
    put(this.#counts, counts.join(" "));
    this.#refresh(this.#events, snapshot.events, (events) => [eventList(events)]);
    const trouble = [
      ...snapshot.errors.map((error) => `Background error: ${error}`),
      ...snapshot.blocked.map((seconds) => `The event loop was blocked for ${seconds} s.`),
    ];
    this.#refresh(this.#trouble, trouble, (lines) => lines.map((line) => make("p", "", {}, line)));
    this.#trouble.hidden = !trouble.length;
    this.#reader.grown();
  }

  stop() {
    this.#reader.stop();
  }

  /**
   * @param {ServerSnapshot} snapshot
   * @param {boolean} gone
   */
  #showState(snapshot, gone) {
    const isRunning = snapshot.running && !gone;
    const isLive = snapshot.following && !gone;
    const word = `${isRunning ? "Running" : "Stopped"}${isLive ? "" : ", no longer followed"}`;
    put(this.#shape, isRunning ? "●" : "○");
    put(this.#word, gone ? "No kernel" : word);
    this.#box.dataset.state = isRunning && isLive ? "open" : "closed";
    const [likely, other] = pageAddresses(snapshot, location.hostname, readJupyter());
    this.#page.hidden = !isRunning;
    this.#page.href = likely;
    this.#further.hidden = !isRunning || !other;
    if (other) this.#further.href = other;
  }

  /**
   * Rebuilds a part only if what it shows changed, so that selected text stays selected.
   *
   * @template T
   * @param {HTMLElement} part
   * @param {T} value
   * @param {(value: T) => HTMLElement[]} build
   */
  #refresh(part, value, build) {
    const text = JSON.stringify(value);
    if (this.#shown.get(part) === text) return;
    this.#shown.set(part, text);
    part.replaceChildren(...build(value));
  }
}

export default viewOf((/** @type {Parts<ServerAction>} */ parts) => new ServerView(parts));
