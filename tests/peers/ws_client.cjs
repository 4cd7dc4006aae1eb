// A client of npm `ws`, told what to do by lines of JSON, and telling what happens in lines of JSON.
const readline = require("node:readline");
const { WebSocket } = require("ws");

const [url, settings] = process.argv.slice(2);
const tell = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));
const shown = (data, isBinary) =>
  isBinary ? { bytes: data.toString("hex") } : { text: data.toString("utf8") };

const socket = new WebSocket(url, JSON.parse(settings ?? "{}"));
socket.on("open", () => tell("open", { extensions: socket.extensions }));
socket.on("message", (data, isBinary) => tell("message", shown(data, isBinary)));
socket.on("ping", () => tell("ping"));
socket.on("pong", (data) => tell("pong", { text: data.toString() }));
socket.on("unexpected-response", (_, response) => tell("refused", { status: response.statusCode }));
socket.on("error", (error) => tell("error", { text: error.message }));
socket.on("close", (code, reason) => {
  tell("close", { code, text: reason.toString() });
  process.exit();
});

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { action, text, bytes, code, times = 1 } = JSON.parse(line);
  const data = bytes === undefined ? text : Buffer.from(bytes, "hex");
  if (action === "send") for (let n = 0; n < times; n++) socket.send(data);
  if (action === "fragments") {
    for (const [index, letter] of [...text].entries())
      socket.send(letter, { fin: index === text.length - 1 });
  }
  if (action === "ping") socket.ping(text);
  if (action === "close") socket.close(code, text);
  if (action === "break") socket.terminate();
});
