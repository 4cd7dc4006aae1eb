// A crowd of npm `socket.io-client`s on the finished chat: `node socketio_crowd.cjs URL SETTINGS`.
// It connects everybody and tells "ready". An action `round` lets the first `senders` people say
// `texts` numbered texts each, all at once; it counts what everybody hears, the senders too, and
// tells the outcome. A delivery is disordered that does not come right after its predecessor from
// the same sender; after `SILENCE` ms without one, the rest counts as lost.
const readline = require("node:readline");
const { io } = require("socket.io-client");

const SILENCE = 15_000;
const [url, settings] = process.argv.slice(2);
const { people: size, ...options } = JSON.parse(settings);
const tell = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

const said = new Array(size).fill(0);
let delivered = 0;
let disordered = 0;
let lost = 0;
let last = 0;

function person() {
  const socket = io(url, { forceNew: true, reconnection: false, ...options });
  const heard = new Array(size).fill(0);
  socket.on("disconnect", () => (lost += 1));
  socket.on("chat message", (text) => {
    const [sender, number] = text.split(" ").map(Number);
    if (Number.isNaN(number)) return; // the server's greeting
    if (number !== heard[sender]) disordered += 1;
    heard[sender] = number + 1;
    delivered += 1;
    last = performance.now();
  });
  return new Promise((connected, failed) => {
    socket.on("connect", () => connected(socket));
    socket.on("connect_error", failed);
  });
}

function round(people, senders, texts) {
  const expected = senders * texts * size;
  const started = (last = performance.now());
  delivered = disordered = 0;
  for (let sender = 0; sender < senders; sender++)
    for (let n = 0; n < texts; n++) people[sender].emit("chat message", `${sender} ${said[sender]++}`);
  return new Promise((over) => {
    const looking = setInterval(() => {
      if (delivered < expected && performance.now() - last < SILENCE) return;
      clearInterval(looking);
      over({ expected, delivered, disordered, lost, seconds: (last - started) / 1000 });
    }, 10);
  });
}

(async () => {
  const people = [];
  for (let n = 0; n < size; n++) people.push(await person());
  tell("ready");
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { action, senders, texts } = JSON.parse(line);
    if (action === "leave") people.forEach((socket) => socket.disconnect());
    else tell("outcome", await round(people, senders, texts));
  }
})();
