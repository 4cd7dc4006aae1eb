// A client of npm `socket.io-client`, told what to do by lines of JSON, and telling what happens.
// Bytes are `{ "hex": "00ff" }` in these lines. An event that asks for an answer gets its arguments.
const readline = require("node:readline");

const [url, settings] = process.argv.slice(2);
const {
  library = "socket.io-client",
  namespaces = ["/"],
  ...options
} = JSON.parse(settings ?? "{}");

const told = (_, value) =>
  value?.type === "Buffer" ? { hex: Buffer.from(value.data).toString("hex") } : value;
const tell = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }, told));
const taken = (_, value) => (value?.hex === undefined ? value : Buffer.from(value.hex, "hex"));

const sockets = {};
for (const namespace of namespaces) {
  const socket = (sockets[namespace] = require(library)(new URL(namespace, url).href, options));
  socket.on("connect", () => tell("connect", { namespace, sid: socket.id }));
  socket.on("connect_error", ({ message, data, description }) => {
    const why = String(description?.message ?? description);
    tell("connect_error", { namespace, text: message, data, why });
  });
  socket.on("disconnect", (reason) => tell("disconnect", { namespace, reason }));
  socket.onAny?.((name, ...values) => {
    const answer = typeof values.at(-1) === "function" ? values.pop() : undefined;
    tell("event", { namespace, name, values });
    answer?.(...values);
  });
}
const manager = Object.values(sockets)[0].io;
manager.on("open", () => {
  tell("open", { transport: manager.engine.transport.name });
  manager.engine.on("upgrade", ({ name }) => tell("upgrade", { transport: name }));
});
manager.on("reconnect", (attempt) => tell("reconnect", { attempt }));

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const { action, namespace = "/", name, values, times = 1, within = 5000 } = JSON.parse(line, taken);
  const socket = sockets[namespace];
  if (action === "emit") for (let n = 0; n < times; n++) socket.emit(name, ...values);
  if (action === "call") {
    const answer = socket.timeout(within).emitWithAck(name, ...values);
    await answer.then(
      (value) => tell("answer", { value }),
      (error) => tell("answer", { error: error.message }),
    );
  }
  if (action === "disconnect") socket.disconnect();
  if (action === "break") manager.engine.transport.ws.terminate();
});
