// A server of npm `ws` that echoes, told what to do by lines of JSON, and telling what happens.
const readline = require("node:readline");
const { WebSocketServer } = require("ws");

const tell = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));
const settings = JSON.parse(process.argv[2] ?? "{}");
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, ...settings });
server.on("listening", () => tell("listening", { port: server.address().port }));
server.on("connection", (socket, request) => {
  tell("connection", { host: request.headers.host, extensions: socket.extensions });
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  socket.on("pong", () => tell("pong"));
  socket.on("close", (code, reason) => tell("close", { code, text: reason.toString() }));
});

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { action, text, code } = JSON.parse(line);
  for (const socket of server.clients) {
    if (action === "send") socket.send(text);
    if (action === "ping") socket.ping();
    if (action === "close") socket.close(code, text);
    if (action === "break") socket.terminate();
  }
});
