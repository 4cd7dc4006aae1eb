"""The lens: what it makes of real sessions, at any split, once, and of hostile bytes."""

from __future__ import annotations

import asyncio
import random
import zlib
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest
import socketio
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.protocols.frames import Frame, FrameDecoder
from labkit.trace import Record, Trace
from labkit.trace.lens import Lens
from tests.conftest import soon
from tests.support.node import node
from tests.support.raw import BINARY, CONTINUATION, PING, TEXT, frame, request
from tests.support.traces import SESSION, recorded

Listen = Callable[..., Awaitable[Trace]]


def told(trace: Trace) -> list[str]:
    """Return what a fresh lens tells of a trace, as words."""
    return [f"{row.direction} {row.kind} {row.content} {row.problem}" for row in Lens(trace).rows()]


def split(trace: Trace, seed: int, most: int = 40) -> Trace:
    """Return the same trace in smaller chunks."""
    cut, random_ = Trace(max_records=10**6), random.Random(seed)
    for record in trace:
        rest = record.chunk
        while rest:
            size = random_.randint(1, most)
            cut.add(record._replace(chunk=rest[:size]))
            rest = rest[size:]
        if record.fact:
            cut.add(record)
    return cut


async def test_a_chat(lab: ModuleType) -> None:
    """Handshake, texts, bytes, the close and the facts of a raw session stand in their order."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    await alice.say("hello")
    await bob.hears("hello")
    await bob.say(b"\x00\x01")
    await alice.hears(lambda message: isinstance(message, bytes))
    await alice.close(4001, "enough")
    await soon(lambda: not alice.link.connection_count)
    rows = alice.link.trace.rows()
    assert [(row.direction, row.kind, row.content) for row in rows if not row.is_fact] == [
        ("upstream", "request", "GET / HTTP/1.1"),
        ("downstream", "response", "HTTP/1.1 101 Switching Protocols"),
        ("downstream", "text", "Welcome! You are the first."),
        ("upstream", "text", "hello"),
        ("downstream", "binary", "00 01"),
        ("upstream", "close", "4001 (the application's own code): enough"),
        ("downstream", "close", "4001 (the application's own code): enough"),
    ]
    assert not [row.problem for row in rows if row.problem]
    sizes = {way: len(alice.link.trace.bytes(way)) for way in ("upstream", "downstream")}
    for way, size in sizes.items():
        assert sum(row.size for row in rows if row.direction == way) == size
    for row in rows:
        assert sum(layer.added for layer in row.layers) == row.size
    for seed in range(20):
        assert told(split(alice.link.trace, seed)) == told(alice.link.trace)


@pytest.mark.parametrize("protocol", ["sse", "longpoll", "poll"])
async def test_a_chat_over_http(lab: ModuleType, protocol: str) -> None:
    """What is said up and down is found on each link, whatever the connections are."""
    await lab.fresh(timescale=0.1)
    server = await lab.serve(protocol)
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    await alice.say("hello")
    await bob.hears("hello", within=50)
    await bob.say(b"\1\2")
    await alice.hears(b"\1\2", within=50)
    up = alice.link.trace.rows(kind="request", direction="upstream", text="[hello]")
    assert len(up) == 1 and up[0].content.startswith("POST /messages?client=…&number=1 ")
    kind, said = ("event", "hello") if protocol == "sse" else ("response", "[hello]")
    down = bob.link.trace.rows(kind=kind, direction="downstream", text=said)
    assert len(down) == 1 and [layer.name for layer in down[0].layers][:1] == ["message"]
    assert len(alice.link.trace.rows(kind=kind, text="01 02")) == 1
    for row in [*alice.link.trace.rows(), *bob.link.trace.rows()]:
        assert row.kind != "garbage" and not row.problem
        assert sum(layer.added for layer in row.layers) == row.size
    back = Trace.from_har(bob.link.trace.to_har())
    assert len(back.rows(kind=kind, text=said)) == 1 == len(back.rows(text="[01 02]"))


@pytest.fixture
async def sessions(
    lab: ModuleType, socketio_server: tuple[int, socketio.AsyncServer]
) -> Callable[[list[str] | None], Awaitable[Trace]]:
    """Record sessions of Python's Socket.IO client, on the transports that are asked for."""
    port, sio = socketio_server

    @sio.on("chat message")
    async def relay(sid: str, text: str) -> str:
        await sio.emit("chat message", text)
        return "got it"

    async def record(transports: list[str] | None) -> Trace:
        link = await lab.link(f"ws://127.0.0.1:{port}/", "socketio")
        client = socketio.AsyncClient(handle_sigint=False)
        heard = asyncio.Event()
        client.on("chat message", lambda text: heard.set())
        await client.connect(f"http://127.0.0.1:{link.port}", transports=transports)
        assert await client.call("chat message", "hällo", timeout=5) == "got it"
        await asyncio.wait_for(heard.wait(), 5)
        await client.emit("file", {"name": "a", "data": b"\x01\x02"})
        await soon(lambda: "file(" in str(link.trace.rows()))
        await client.eio.disconnect(abort=True)
        return link.trace

    return record


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], None], ids=str)
async def test_socketio(
    sessions: Callable[[list[str] | None], Awaitable[Trace]], transports: list[str] | None
) -> None:
    """The same event, acknowledgement and attachment are found on every transport."""
    trace = await sessions(transports)
    rows = list(trace.rows())
    text = "\n".join(f"{row.content} {row.kind}" for row in rows)
    for words in (
        "Engine.IO open",
        'chat message("hällo")',
        'ack("got it") answers 1',
        'file({"name": "a", "data": <2 bytes: 01 02>})',
    ):
        assert words in text
    event = next(row for row in rows if 'message("hällo")' in row.content)
    names = [layer.name for layer in event.layers]
    last = "HTTP request" if transports == ["polling"] else "WebSocket frame"
    assert names == ["event", "Socket.IO packet", "Engine.IO packet", last]
    assert sum(layer.added for layer in event.layers) == event.size
    assert [row.problem for row in rows if row.problem and row.kind != "garbage"] == []
    if transports is None:
        kinds = [row.kind for row in rows if row.kind in ("ping", "pong", "upgrade")]
        assert kinds == ["ping", "pong", "upgrade"]
    assert told(split(trace, 1)) == told(trace)


async def test_a_long_poll_is_compressed(
    sessions: Callable[[list[str] | None], Awaitable[Trace]], socketio_server: Any
) -> None:
    """What a server of the library's compresses, as it does above 1 KiB, is read all the same."""
    _, sio = socketio_server
    sio.on("connect", lambda *_: sio.start_background_task(sio.emit, "news", "long " * 500))
    trace = await sessions(["polling"])
    row = next(row for row in trace.rows() if "news(" in row.content)
    assert row.size < 1000 and row.problem == ""


async def test_nodes_client_compressed(lab: ModuleType, node_modules: object) -> None:
    """What npm `ws` sent compressed is read, and equals what the client heard and said."""
    server = await lab.serve("websocket", compression="deflate")
    alice = await lab.connect(server, "alice")
    link = await lab.link(server)
    said = ["hello", "very " * 1000, "hello"]
    async with node("ws_client.cjs", link.url, {"perMessageDeflate": {"threshold": 0}}) as client:
        await client.tells("open")
        await client.tells("message")  # the greeting
        for text in said:
            await client.does("send", text=text)
            await alice.hears(text)
            await alice.say(text.upper())
            await client.tells("message")
    assert [row.payload.decode() for row in link.trace.rows(kind="text")[1:]] == [
        word for text in said for word in (text, text.upper())
    ]
    long = link.trace.rows(kind="text", direction="upstream")[1]
    assert long.size < 100 and [layer.name for layer in long.layers] == [
        "message",
        "permessage-deflate",
        "WebSocket frame",
    ]


def test_each_record_is_decoded_once() -> None:
    """Looking again decodes what is new only; the rows are the same objects."""
    trace = recorded(("upstream", request()))
    (opened, asked) = trace.rows()
    trace.append(1, "downstream", b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    again = trace.rows()
    assert again[0] is opened and again[1] is asked and again[2].kind == "response"
    assert [row.number for row in again] == [1, 2, 3]
    assert trace.lens.decoded_since(2) == [again[2]]


@pytest.mark.parametrize("looked", [True, False])
def test_what_was_dropped_is_told(looked: bool) -> None:
    """Rows that made room are counted, whether or not somebody had looked at them."""
    trace = Trace(max_records=60)
    trace.note(1, "opened")
    for direction, chunk in SESSION[:2]:
        trace.append(1, direction, chunk)  # type: ignore[arg-type]
        assert not looked or trace.rows()
    for _ in range(100):
        trace.append(1, "upstream", frame(TEXT, b"hello"))
        assert not looked or trace.rows()
    rows = trace.rows()
    assert (rows.dropped, len(rows), rows[0].number) == (43, 60, 44)
    assert "(43 earlier rows were dropped)" in repr(rows)


@pytest.mark.parametrize("look", [0, 1, 7, 10**6])
def test_what_follows_what_was_dropped_is_decoded(look: int) -> None:
    """24 MiB over one connection, looked at or not, and "small" behind them can be read."""
    trace = recorded(*SESSION[:2])  # type: ignore[arg-type]
    for number in range(24):
        data = frame(TEXT, b"x" * 2**20)
        for at in range(0, len(data), 2**16):
            trace.append(1, "upstream", data[at : at + 2**16])
        if look and number % look == 0:
            trace.lens.read()
    trace.append(1, "upstream", frame(TEXT, b"small"))
    rows = trace.rows()
    assert rows[-1].content == "small" and {row.problem for row in rows} == {""}
    assert {row.size for row in rows[:-1]} == {2**20 + 14}
    assert rows[-1].number == 28 and rows.dropped > 8


def everything(compressed: bool, socketio: bool, seed: int) -> list[Record]:
    """Return a long session with fragments, attachments and heartbeats, in strange chunks."""
    random_ = random.Random(seed)
    squeeze = zlib.compressobj(wbits=-15)
    texts = [b"2", b'42["hi"]', b"431[]"] if socketio else [b"", b"a", b"hello" * 50]

    def text() -> bytes:
        data = random_.choice(texts)
        if not compressed:
            return frame(TEXT, data)
        data = squeeze.compress(data) + squeeze.flush(zlib.Z_SYNC_FLUSH)
        return frame(TEXT, data.removesuffix(b"\x00\x00\xff\xff"), reserved=4)

    fragments = frame(TEXT, b"4", fin=False) + frame(PING, b"?") + frame(CONTINUATION, b"2[1]")
    file = b'452-["file",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'
    attached = frame(TEXT, file) + frame(BINARY, b"one") + frame(BINARY, b"two" * 9000)
    parts = [text, text, text, lambda: fragments, lambda: frame(BINARY, bytes(300))]
    parts += [lambda: attached] if socketio else []
    stream = b"".join(random_.choice(parts)() for _ in range(300))
    deflate = "Sec-WebSocket-Extensions: permessage-deflate\r\n" if compressed else ""
    target = "/?EIO=4&transport=websocket" if socketio else "/"
    asked = request().replace(b"GET /", f"GET {target}".encode(), 1)
    answer = SESSION[1][1].replace(b"\r\n\r\n", f"\r\n{deflate}\r\n".encode())
    records = [Record(0.0, 1, "", "opened", b""), Record(0.0, 1, "upstream", "", asked)]
    records.append(Record(0.0, 1, "downstream", "", answer))
    while stream:
        size = random_.choice([1, 2, 5, 30, 700])
        records.append(Record(float(len(records)), 1, "upstream", "", stream[:size]))
        stream = stream[size:]
    return records


@pytest.mark.parametrize("socketio", [False, True])
@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_passed_over_changes_nothing(compressed: bool, socketio: bool, seed: int) -> None:
    """However little a trace keeps, its rows are the last rows of one that keeps everything."""
    small, whole = Trace(max_records=40), Trace()
    random_ = random.Random(seed)
    for record in everything(compressed, socketio, seed):
        small.add(record)
        whole.add(record)
        if random_.random() < 0.01:
            small.lens.read()
    rows, wanted = small.rows(), whole.rows()
    assert len(rows) and rows.dropped + len(rows) == len(wanted)
    assert [(row.number, repr(row.open())) for row in rows] == [
        (row.number, repr(row.open())) for row in wanted[rows.dropped :]
    ]


def test_a_little_time_decodes_a_little() -> None:
    """A look that may not last goes on where it stopped, until all is decoded."""
    trace = recorded(*SESSION[:2])  # type: ignore[arg-type]
    for _ in range(2000):
        trace.append(1, "upstream", frame(TEXT, b"again"))
    trace.lens.read(seconds=0)
    assert trace.lens.count == 1 and trace.lens.behind == 2003
    while trace.lens.behind:
        trace.lens.read(seconds=0.001)
    assert trace.lens.count == 2003


def test_unfinished_things_are_told_at_the_end() -> None:
    """Half a frame and half a request are garbage, with how much of them came."""
    switch = b"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    trace = recorded(("upstream", request()), ("downstream", switch))
    trace.append(1, "upstream", frame(TEXT, b"hello")[:8])
    trace.append(1, "downstream", b"\x81")
    trace.note(1, "cut")
    assert [row.problem for row in trace.rows(kind="garbage")] == [
        "the frame did not end: 2 of 5 bytes came",
        "the header of a frame did not end",
    ]
    trace = recorded(("upstream", request()[:20]))
    trace.note(1, "closed", "upstream")
    assert [row.problem for row in trace.rows(kind="garbage")] == ["the message did not end"]


@given(st.data())
@settings(max_examples=400)
def test_mutated_sessions_raise_nothing(data: st.DataObject) -> None:
    """Bytes that are flipped, cut, doubled or strange give rows, with every byte counted once."""
    trace, sent = Trace(), {"upstream": 0, "downstream": 0}
    trace.note(1, "opened")
    for direction, chunk in SESSION:
        mutable = bytearray(chunk)
        for _ in range(data.draw(st.integers(0, 3))):
            at = data.draw(st.integers(0, len(mutable)))
            mutable[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=6))
        sent[direction] += len(mutable)
        if mutable:
            trace.append(1, direction, bytes(mutable))
    trace.note(1, "closed")
    rows = trace.rows()
    for row in rows:
        assert sum(layer.added for layer in row.layers) in (0, row.size) and repr(row.open())
    for direction, size in sent.items():
        assert sum(row.size for row in rows if row.direction == direction) == size


def test_a_record_of_one_connection_does_not_disturb_another() -> None:
    """Garbage on one connection leaves the other readable."""
    trace = Trace()
    for number in (1, 2):
        trace.add(Record(0.0, number, "", "opened", b""))
    trace.append(1, "upstream", b"\x00 garbage \r\n\r\n")
    for direction, chunk in SESSION:
        trace.append(2, direction, chunk)  # type: ignore[arg-type]
    assert trace.rows(connection=1)[1].kind == "garbage"
    assert trace.rows(connection=2, kind="text")[0].content == "hello"


def fuzz(inputs: int, seed: int = 0) -> int:
    """Decode so many mutated sessions; return how many rows came of them."""
    random_, rows = random.Random(seed), 0
    for _ in range(inputs):
        trace: Any = Trace()
        trace.note(1, "opened")
        for direction, chunk in SESSION:
            mutable = bytearray(chunk)
            for _ in range(random_.randint(0, 3)):
                mutable[random_.randrange(len(mutable))] = random_.randrange(256)
            trace.append(1, direction, bytes(mutable))
        trace.note(1, "closed")
        rows += len([repr(row.open()) for row in trace.rows()])
    return rows


@pytest.mark.exhaustive
def test_ten_thousand_mutations() -> None:
    """No mutation raises (`fuzz(100_000)` takes some minutes)."""
    assert fuzz(2_500) > 10_000


@pytest.mark.parametrize("method", ["feed", "pass_over"])
def test_a_mistake_of_the_decoders_own(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It costs one connection from there on, which says so; the others are read, and relayed."""
    trace = Trace(max_records=4 if method == "pass_over" else 100)
    works = getattr(FrameDecoder, method)

    def broken(self: FrameDecoder, chunk: bytes, *more: Any) -> Any:
        if b"boom" in chunk:
            raise ZeroDivisionError("a mistake")
        return works(self, chunk, *more)

    monkeypatch.setattr(FrameDecoder, method, broken)
    for connection in (1, 2):
        trace.note(connection, "opened")
        for direction, chunk in SESSION[:2]:
            trace.append(connection, direction, chunk)  # type: ignore[arg-type]
    trace.append(1, "downstream", b"\x81\x04boom")
    for chunk in (b"\x81\x02hi", b"\x81\x02ho"):
        for connection in (1, 2):
            trace.append(connection, "downstream", chunk)
    rows = trace.rows()
    assert [row.content for row in rows if row.connection == 2][-2:] == ["hi", "ho"]
    problems = [row.problem for row in rows if row.connection == 1]
    assert all("could not decode an earlier part" in problem for problem in problems[-2:])
    assert method == "pass_over" or "a mistake of its own: ZeroDivision" in problems[-3]


def test_an_interrupt_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jupyter's button ends a look; what it left half decoded is not guessed."""
    trace = recorded(*SESSION)  # type: ignore[arg-type]
    feed = FrameDecoder.feed

    def interrupted(self: FrameDecoder, chunk: bytes) -> list[Frame]:
        monkeypatch.setattr(FrameDecoder, "feed", feed)
        raise KeyboardInterrupt

    monkeypatch.setattr(FrameDecoder, "feed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        trace.rows()
    assert "KeyboardInterrupt" in trace.rows()[-1].problem


def test_a_long_record_is_read_in_turns() -> None:
    """One look stops within a record, however many messages it holds, and the next goes on."""
    trace = recorded(*SESSION[:2])  # type: ignore[arg-type]
    trace.lens.read()
    trace.append(1, "upstream", frame(TEXT, b"x") * 20_000)
    trace.lens.read(seconds=0)
    assert 3 < trace.lens.count < 2000 and trace.lens.behind == 1
    trace.append(1, "upstream", frame(TEXT, b"last"))
    rows = trace.rows()
    assert len(rows) == 20_004 and rows[-1].content == "last" and not trace.lens.behind


@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize("max_records", [1000, 20])
def test_a_splitter_joins_a_connection(read: bool, max_records: int) -> None:
    """It begins behind the last record, also when the handshake was dropped long ago."""
    trace = Trace(max_records=max_records)
    for direction, chunk in SESSION[:2]:
        trace.append(1, direction, chunk)
        trace.append(2, direction, chunk[:20])
    for number in range(50):
        message = frame(TEXT, b"%d" % number)
        for chunk in (message[:3], message[3:]):
            trace.append(1, "upstream", chunk)
        if read and number == 30:
            trace.rows()
    trace.append(1, "upstream", message[:4])
    splitter = trace.lens.splitter(1)
    assert b"".join(splitter.feed("upstream", message[4:])) == message[4:]  # type: ignore[arg-type]
    (unit,) = splitter.feed("upstream", message)
    assert unit.content == b"49"  # type: ignore[union-attr]
    assert trace.lens.splitter(3).feed("upstream", b"GET") == [b"GET"]


def test_splitters_of_many_connections_look_at_each_record_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fault that comes to a link asks for one after the other, and notes a fact in between."""
    trace = Trace(max_records=400)
    looked: list[int] = []
    since = trace.since

    def count_since(mark: int, most: int | None = None) -> list[Record]:
        found = since(mark, most)
        looked.append(len(found))
        return found

    monkeypatch.setattr(trace, "since", count_since)
    for number in range(1, 101):
        for direction, chunk in SESSION[:2]:
            trace.append(number, direction, chunk)
    for number in range(1, 101):
        trace.append(number, "upstream", frame(TEXT, b"%d" % number))
    for _ in range(2):
        for number in range(1, 101):
            splitter = trace.lens.splitter(number)
            trace.note(number, "fault added")
            (unit,) = splitter.feed("upstream", frame(TEXT, b"next"))
            assert unit.content == b"next"  # type: ignore[union-attr]
    assert trace.dropped and sum(looked) == trace.total - 1
    trace.rows()
    assert trace.lens._unread == {}
