// One chat box. Python sends the whole state; this makes the page agree with it. Every action of
// a person is one message to Python, answered by "accepted" or "refused".

const PATIENCE = 3000;   // milliseconds to wait for the kernel's answer

const HUES = 5;          // as many as box.css has

const NO_ANSWER = "No answer from the kernel: it is busy or gone. If a cell is running, wait for "
  + "it or interrupt it. Otherwise restart the kernel and run the notebook again: "
  + "Run > Run All Cells.";
const GONE = "The kernel was restarted or has ended, and this box with it. "
  + "Run the notebook again: Run > Run All Cells.";

// The same hue for the same name wherever it is shown; it only helps to tell boxes apart.
function hueOf(name) {
  return [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % HUES;
}

function render({ model, el }) {
  const id = `lk-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;   // unique on the page
  const waiting = new Map();   // number of a request -> { timer, text }
  // answers reach every view of this box, so each view counts from elsewhere
  let requests = crypto.getRandomValues(new Uint32Array(1))[0];
  let gone = false, refocus = false, countdown;

  const avatar = make("span", "lk-avatar", { "aria-hidden": "true" });
  const name = make("span", "lk-name", { id: `${id}-name` });
  const badge = make("span", "lk-badge", { title: "transport" });
  const shape = make("span", "lk-shape", { "aria-hidden": "true" });
  const word = make("span", "", { role: "status" });
  const left = make("span", "lk-left", { "aria-hidden": "true" });   // not read out each second
  const status = make("span", "lk-state", {}, shape, word, left);
  const plug = make("button", "lk-plug", { type: "button" });
  const talk = conversation();
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
    // JupyterLab's shortcuts must not take the keys that are typed here
    "section", "lk-box", { "aria-labelledby": `${id}-name`, "data-lm-suppress-shortcuts": "true" },
    make("header", "lk-head", {}, avatar, name, badge, status, plug),
    make("div", "lk-middle", {}, talk.log, talk.jump), notice, closed, form,
  );
  el.classList.add("lk-chat");
  el.append(box);
  box.addEventListener("keydown", event => event.stopPropagation());

  function warn(text) {
    put(notice, text);
    notice.hidden = !text;
  }

  function ask(request, text = "") {
    const number = ++requests;
    const what = text ? `“${text}” is not sent yet. ` : "";
    const timer = setTimeout(() => warn(what + NO_ANSWER), PATIENCE);
    waiting.set(number, { timer, text });
    model.send({ ...request, id: number });
  }

  // Gives a text that was not sent back to its writer. Returns what to say if there is no room.
  function giveBack(text) {
    if (!text || input.value === text) return "";
    if (input.value) return `Not sent: “${text}”. `;
    input.value = text;
    return "";
  }

  function answered(message) {
    const request = waiting.get(message.id);
    if (message.id && !request) return;   // another view's
    clearTimeout(request?.timer);
    if (message.kind === "received") {   // the kernel is there, and at it
      if (notice.textContent.endsWith(NO_ANSWER)) warn("");
    } else if (message.kind === "accepted") {
      warn("");
      waiting.delete(message.id);
    } else if (message.kind === "refused") {
      warn(giveBack(request?.text) + message.why);
      waiting.delete(message.id);
    }
  }

  function showCountdown(state) {
    const seconds = Math.max(0, Math.ceil(state.retryAt - Date.now() / 1000));
    put(left, ` in ${seconds} s`);
  }

  function showState(state) {
    clearInterval(countdown);
    const counts = state.state.key === "reconnecting" && state.retryAt && !gone;
    put(shape, gone ? "○" : state.state.shape);
    put(word, gone ? "No kernel" : state.state.word);
    if (counts) {
      showCountdown(state);
      countdown = setInterval(showCountdown, 250, state);
    } else put(left, "");
    box.dataset.state = gone ? "closed" : state.state.key;
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
    put(badge, state.transport);
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
    again.hidden = !live || state.state.key !== "closed" || state.link !== "whole";
    showEntry(isOpen);
    talk.add(state.entries, state.name);
  }

  // JupyterLab tells so when somebody restarts the kernel. When a kernel dies it does not:
  // then the next request remains without an answer.
  function kernelGone() {
    gone = true;
    const lost = [...waiting.values()].map(request => {
      clearTimeout(request.timer);
      return giveBack(request.text);
    });
    waiting.clear();
    warn(lost.join("") + GONE);
    update();
  }

  form.addEventListener("submit", event => {
    event.preventDefault();
    if (!input.value || input.disabled) return;
    const text = input.value;
    input.value = "";
    input.focus();
    talk.toEnd();
    ask({ kind: "send", text }, text);
  });
  plug.addEventListener("click", () => {
    ask({ kind: "plug", in_place: plug.getAttribute("aria-pressed") === "true" });
  });
  again.addEventListener("click", () => {
    refocus = true;
    ask({ kind: "open" });
  });

  model.on("change:state", update);
  model.on("msg:custom", answered);
  model.on("comm_live_update", kernelGone);
  update();

  return () => {
    clearInterval(countdown);
    talk.stop();
    waiting.forEach(request => clearTimeout(request.timer));
    model.off("change:state", update);
    model.off("msg:custom", answered);
    model.off("comm_live_update", kernelGone);
  };
}

export default { render };
