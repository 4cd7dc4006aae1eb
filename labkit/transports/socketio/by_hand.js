// Socket.IO by hand: what the page needs of the JavaScript client, over the browser's own WebSocket.
//
// A packet of Engine.IO begins with a digit: 0 open, 1 close, 2 ping, 3 pong, 4 message. A message
// goes on with a digit of Socket.IO's: 0 connect, 1 disconnect, 2 event, 3 acknowledgement,
// 4 connect error, 5 event with bytes, which follow in messages of their own. What is missing here
// is what the real client is for: coming back, polling, noticing silence, sending bytes.

// Type, number of attachments, namespace, id of an acknowledgement, JSON.
const PACKET = /^4(\d)(?:(\d+)-)?(?:\/[^,]*,)?(\d*)(.*)$/s;

function byHand(path, query) {
  const asked = new URLSearchParams({ ...query, EIO: 4, transport: "websocket" });
  const address = new URL(`${path}/?${asked}`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const listeners = new Map(), awaited = new Map();
  let line, reason, calls = 0;
  let unfinished, missing = 0, parts = [];   // an event that waits for its attachments
  const tell = (name, ...rest) => listeners.get(name)?.(...rest);

  function read({ data }) {
    if (typeof data !== "string") return attach(data);
    if (data[0] === "0") return line.send("40");   // join the namespace "/"
    if (data[0] === "2") return line.send("3");    // who leaves pings unanswered is thrown out
    const [, type, count, id, json] = PACKET.exec(data) ?? [];
    if (type === "5") [unfinished, missing, parts] = [{ json, id }, Number(count), []];
    if (type === "5" || !type) return;
    const content = json ? JSON.parse(json) : [];
    if (type === "0") { socket.connected = true; tell("connect"); }
    if (type === "1") { reason = "io server disconnect"; line.close(); }
    if (type === "2") happened(content, id);
    if (type === "3") answered(Number(id), null, ...content);
    if (type === "4") { reason = ""; tell("connect_error", content); line.close(); }
  }

  function attach(bytes) {
    parts.push(bytes);
    if (parts.length !== missing) return;
    const whole = (_, value) => value?._placeholder ? parts[value.num] : value;
    happened(JSON.parse(unfinished.json, whole), unfinished.id);
  }

  function happened(content, id) {
    const acknowledge = (...values) => line.send(`43${id}${JSON.stringify(values)}`);
    tell("any", ...content, ...id ? [acknowledge] : []);
  }

  function answered(id, ...result) {
    const answer = awaited.get(id);
    awaited.delete(id);
    answer?.(...result);
  }

  function ended() {
    const was = reason ?? (socket.connected ? "transport close" : "");
    socket.connected = false;
    for (const id of [...awaited.keys()]) answered(id, new Error("the connection has ended"));
    if (was) tell("disconnect", was);
    else if (reason === undefined) tell("connect_error", new Error("no WebSocket"));
  }

  const socket = {
    connected: false,
    active: false,   // it never comes back by itself
    on: (name, listener) => listeners.set(name, listener),
    onAny: listener => listeners.set("any", listener),
    connect() {
      reason = undefined;
      line = new WebSocket(address);
      line.binaryType = "arraybuffer";
      line.onopen = () => tell("open");
      line.onmessage = read;
      line.onclose = ended;
    },
    timeout: milliseconds => ({
      emit(...event) {
        const id = calls++;
        awaited.set(id, event.pop());
        setTimeout(() => answered(id, new Error("no answer")), milliseconds);
        line.send(`42${id}${JSON.stringify(event)}`);
      },
    }),
  };
  socket.connect();
  return socket;
}
