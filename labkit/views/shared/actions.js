// What a person asks for at a box: each request is one message to Python, answered by "accepted"
// or "refused". What was refused, or stays without an answer, is told in the box's notice.

import { make, put } from "../../front_end/dom.js";

const PATIENCE = 3000;   // milliseconds to wait for the kernel's answer

const NO_ANSWER = "No answer from the kernel: it is busy or gone. If a cell is running, wait for "
  + "it or interrupt it. Otherwise restart the kernel and run the notebook again: "
  + "Run > Run All Cells.";
const GONE = "The kernel was restarted or has ended, and this box with it. "
  + "Run the notebook again: Run > Run All Cells.";

export function asking(model) {
  const notice = make("p", "lk-notice", { role: "alert", hidden: "" });
  const waiting = new Map();   // number of a request -> { timer, undo, done }
  // answers reach every view of this box, so each view counts from elsewhere
  let requests = crypto.getRandomValues(new Uint32Array(1))[0];

  function warn(text) {
    put(notice, text);
    notice.hidden = !text;
  }

  // `pending` is told while there is no answer; `done` is called when it is done; `undo` is called
  // when it is not, and returns what is to be told with the reason.
  function ask(request, { pending = "", undo = () => "", done = () => {} } = {}) {
    const number = ++requests;
    const timer = setTimeout(() => warn(pending + NO_ANSWER), PATIENCE);
    waiting.set(number, { timer, undo, done });
    model.send({ ...request, id: number });
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
      request?.done();
    } else if (message.kind === "refused") {
      warn((request?.undo() ?? "") + message.why);
      waiting.delete(message.id);
    }
  }

  // JupyterLab tells so when somebody restarts the kernel. When a kernel dies it does not:
  // then the next request remains without an answer.
  function gone() {
    const lost = [...waiting.values()].map(request => {
      clearTimeout(request.timer);
      return request.undo();
    });
    waiting.clear();
    warn(lost.join("") + GONE);
  }

  function stop() {
    waiting.forEach(request => clearTimeout(request.timer));
    model.off("msg:custom", answered);
  }

  model.on("msg:custom", answered);
  return { notice, ask, gone, stop };
}
