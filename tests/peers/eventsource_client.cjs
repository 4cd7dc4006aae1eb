// A client of npm `eventsource`, told what to do by lines of JSON, and telling what happens likewise.
const readline = require("node:readline");
const { EventSource } = require("eventsource");

const [base, client] = process.argv.slice(2);
const tell = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

const asked = []; // the header Last-Event-ID of each request, null without one
const source = new EventSource(`${base}events?client=${client}`, {
  fetch: (address, options) => {
    asked.push(new Headers(options.headers).get("Last-Event-ID"));
    return fetch(address, options);
  },
});
source.addEventListener("open", () => tell("open", { asked: asked.at(-1) }));
source.addEventListener("error", () => tell("error", { state: source.readyState }));
source.addEventListener("heartbeat", (event) => tell("heartbeat", { id: event.lastEventId }));
source.addEventListener("lost", (event) => tell("lost", { data: JSON.parse(event.data) }));
source.addEventListener("private", (event) => tell("private", { data: JSON.parse(event.data) }));
source.addEventListener("message", (event) =>
  tell("message", { data: JSON.parse(event.data), id: event.lastEventId }),
);

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const { number, text } = JSON.parse(line);
  const address = `${base}messages?client=${client}&number=${number}`;
  const headers = { "Content-Type": "text/plain" };
  const answer = await fetch(address, { method: "POST", body: text, headers });
  tell("posted", { status: answer.status });
});
