// A server of npm `socket.io`, told what to do by lines of JSON, and telling what happens.
// It serves the namespaces "/", "/lounge" and "/closed", which lets nobody in. Bytes are
// `{ "hex": "00ff" }` in these lines. An event is answered with its arguments and echoed, but `join`
// puts its sender into a room.
const http = require("node:http");
const readline = require("node:readline");

const { library = "socket.io", port = 0, ...options } = JSON.parse(process.argv[2] ?? "{}");

const told = (_, value) =>
  value?.type === "Buffer" ? { hex: Buffer.from(value.data).toString("hex") } : value;
const tell = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }, told));
const taken = (_, value) => (value?.hex === undefined ? value : Buffer.from(value.hex, "hex"));

const web = http.createServer();
const io = require(library)(web, options);
web.listen(port, "127.0.0.1", () => tell("listening", { port: web.address().port }));

io.of("/closed").use((_, next) =>
  next(Object.assign(new Error("members only"), { data: { ask: "alice" } })),
);
for (const namespace of ["/", "/lounge"]) {
  io.of(namespace).on("connection", (socket) => {
    const { auth, headers } = socket.handshake;
    const transport = socket.conn.transport.name;
    tell("connection", { namespace, sid: socket.id, auth, host: headers.host, transport });
    socket.conn.on("upgrade", ({ name }) => tell("upgrade", { transport: name }));
    socket.on("disconnect", (reason) => tell("disconnect", { namespace, reason }));
    socket.onAny?.((name, ...values) => {
      const answer = typeof values.at(-1) === "function" ? values.pop() : undefined;
      tell("event", { namespace, name, values });
      answer?.(...values);
      if (name === "join") socket.join(values[0]);
      else socket.emit(name, ...values);
    });
  });
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { action, namespace = "/", room, name, values, times = 1, within } = JSON.parse(line, taken);
  const hall = io.of(namespace);
  const everybody = room ? hall.to(room) : hall;
  if (action === "emit") for (let n = 0; n < times; n++) everybody.emit(name, ...values);
  if (action === "call") {
    for (const socket of hall.sockets.values())
      socket
        .timeout(within)
        .emit(name, ...values, (error, ...answers) =>
          tell("answer", { error: error?.message, answers }),
        );
  }
  if (action === "disconnect") hall.disconnectSockets(Boolean(values));
  if (action === "close") io.close();
});
