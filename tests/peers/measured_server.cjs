// A server of npm `ws` or `socket.io` that is measured like those of `labkit/measure/programs/`: told
// its settings on the first line, it answers requests that are lines of JSON, and ends with its input.
const http = require("node:http");
const readline = require("node:readline");

const say = (number, fields = {}) => console.log(JSON.stringify({ answer: number, ...fields }));

const serveWebSocket = (web) => {
  const { WebSocketServer } = require("ws");
  const server = new WebSocketServer({ server: web });
  server.on("connection", (socket) => {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  return (text) => {
    for (const socket of server.clients) socket.send(text);
  };
};

const serveSocketIo = (web) => {
  const io = require("socket.io")(web);
  io.on("connection", (socket) => {
    socket.on("message", (text) => socket.emit("message", text));
  });
  return (text) => io.emit("message", text);
};

const answers = {
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return { seconds: (user + system) / 1e6 };
  },
  memory: () => {
    global.gc();
    // not `rss`: V8 keeps pages that it does not need
    const { heapUsed, external } = process.memoryUsage();
    return { bytes: heapUsed + external };
  },
};

const lines = readline.createInterface({ input: process.stdin });
lines.once("line", (told) => {
  const { library } = JSON.parse(told);
  const web = http.createServer();
  const broadcast = library === "ws" ? serveWebSocket(web) : serveSocketIo(web);
  lines.on("line", (line) => {
    const { number, request, count, text } = JSON.parse(line);
    if (request === "broadcast") {
      // the clock of Python's `time.perf_counter`
      const began = Number(process.hrtime.bigint()) / 1e9;
      for (let n = 0; n < count; n++) broadcast(text);
      say(number, { began });
    } else say(number, answers[request]());
  });
  web.listen(0, "127.0.0.1", () => say(0, { port: web.address().port }));
});
lines.on("close", () => process.exit());
