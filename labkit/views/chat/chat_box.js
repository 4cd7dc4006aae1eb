// One chat box. Python sends the whole state; this makes the page agree with it.

import { make, put } from "../../front_end/dom.js";
import { asking } from "../shared/actions.js";
import { tellPage } from "../shared/jupyter_page.js";
import { conversation } from "./conversation.js";

const HUES = 5;          // as many as box.css has

// The same hue for the same name wherever it is shown; it only helps to tell boxes apart.
function hueOf(name) {
  return [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % HUES;
}

function render({ model, el }) {
  tellPage(model);
  const id = `lk-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;   // unique on the page
  let gone = false, refocus = false, countdown;

  const avatar = make("span", "lk-avatar", { "aria-hidden": "true" });
  const name = make("span", "lk-name", { id: `${id}-name` });
  const badge = make("span", "lk-badge", { title: "transport" });
  const rooms = make("span", "lk-rooms");
  const shape = make("span", "lk-shape", { "aria-hidden": "true" });
  const word = make("span", "", { role: "status" });
  const left = make("span", "lk-left", { "aria-hidden": "true" });   // not read out each second
  const status = make("span", "lk-state", {}, shape, word, left);
  const plug = make("button", "lk-plug", { type: "button" });
  const talk = conversation();
  const desk = asking(model);
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
    // JupyterLab's shortcuts must not take the keys that are typed here
    "section", "lk-box", { "aria-labelledby": `${id}-name`, "data-lm-suppress-shortcuts": "true" },
    make("header", "lk-head", {},
      make("div", "lk-who", {}, avatar, name, badge, status, rooms), plug),
    make("div", "lk-middle", {}, talk.log, talk.jump), desk.notice, closed, form,
  );
  el.classList.add("lk-chat");
  el.append(box);
  box.addEventListener("keydown", event => event.stopPropagation());

  // Gives a text that was not sent back to its writer. Returns what to say if there is no room.
  function giveBack(text) {
    if (!text || input.value === text) return "";
    if (input.value) return `Not sent: “${text}”. `;
    input.value = text;
    return "";
  }

  function showCountdown(state) {
    const seconds = Math.max(0, Math.ceil(state.retryAt - Date.now() / 1000));
    put(left, ` in ${seconds} s`);
  }

  function showState(state) {
    clearInterval(countdown);
    const counts = state.state.key === "reconnecting" && state.retryAt && !gone;
    put(shape, gone ? "○" : state.state.shape);
    const comesBack = state.attempt > 0 && ["reconnecting", "connecting"].includes(state.state.key);
    const attempt = comesBack ? `, attempt ${state.attempt}` : "";
    put(word, gone ? "No kernel" : state.state.word + attempt);
    if (counts) {
      showCountdown(state);
      countdown = setInterval(showCountdown, 250, state);
    } else put(left, "");
    box.dataset.state = gone ? "closed" : state.state.key;
  }

  function showRooms(state) {
    const names = state.rooms.map(room => `room ${room}`);
    if (state.moreRooms) names.push(`and ${state.moreRooms} more`);
    const known = [...rooms.children].map(node => node.textContent);
    if (names.join("\n") === known.join("\n")) return;
    const title = `The server keeps ${state.name} in it; the protocol does not tell ${state.name}.`;
    rooms.replaceChildren(...names.map(text => make("span", "lk-badge", { title }, text)));
  }

  // Connects again, or does not wait for the next attempt. It stays through the attempts.
  function showAgain(state, live) {
    const { key } = state.state;
    const waits = key === "reconnecting" || (key === "connecting" && state.attempt > 0);
    put(again, waits ? "Connect now" : "Connect again");
    again.hidden = !live || !(waits || key === "closed") || state.link !== "whole";
    again.setAttribute("aria-disabled", String(key === "connecting"));
  }

  function showEntry(isOpen) {
    const had = document.activeElement;
    if (!isOpen && (had === input || had === send || had === again)) refocus = true;
    input.disabled = send.disabled = !isOpen;
    if (isOpen && refocus) {
      refocus = false;
      if (had === document.body || box.contains(had)) input.focus({ preventScroll: true });
    }
  }

  function update() {
    const state = model.get("state");
    if (!state.state) return;
    put(name, state.name);
    put(avatar, [...state.name][0]?.toUpperCase() ?? "?");
    put(badge, state.badge);
    showRooms(state);
    box.dataset.hue = hueOf(state.name);
    talk.log.setAttribute("aria-label", `Conversation of ${state.name}`);
    showState(state);
    const live = state.following && !gone;
    const isOpen = live && state.state.key === "open";
    const cut = state.link === "cut";
    put(plug, cut ? "Put the plug back" : "Pull the plug");
    plug.setAttribute("aria-pressed", String(cut));
    plug.disabled = !live || state.link === "closed";
    closed.hidden = isOpen || gone;   // when gone, the notice gives the reason
    put(reason, state.reason);
    showAgain(state, live);
    showEntry(isOpen);
    talk.add(state.entries, state.name);
  }

  function kernelGone() {
    gone = true;
    desk.gone();
    update();
  }

  form.addEventListener("submit", event => {
    event.preventDefault();
    if (!input.value || input.disabled) return;
    const text = input.value;
    input.value = "";
    input.focus();
    talk.toEnd();
    desk.ask({ kind: "send", text }, {
      pending: `“${text}” is not sent yet. `, undo: () => giveBack(text),
    });
  });
  plug.addEventListener("click", () => {
    desk.ask({ kind: "plug", in_place: plug.getAttribute("aria-pressed") === "true" });
  });
  again.addEventListener("click", () => {
    refocus = true;
    desk.ask({ kind: "open" });
  });

  model.on("change:state", update);
  model.on("comm_live_update", kernelGone);
  update();

  return () => {
    clearInterval(countdown);
    talk.stop();
    desk.stop();
    model.off("change:state", update);
    model.off("comm_live_update", kernelGone);
  };
}

export default { render };
