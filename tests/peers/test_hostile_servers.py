"""What servers send that means harm, and what labkit's own clients make of it.

A case is a row of one of the tables; a further one is a further row. Whatever comes, the client
ends or goes on within its time, in words that a terminal can show, memory stays bounded, and
nothing is taken for a learner's mistake.
"""

from __future__ import annotations

import asyncio
import gzip
import struct
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from labkit import bench
from labkit.exceptions import ConnectError, NotHeard
from tests.conftest import soon
from tests.support.hostile import OPEN, Peer, hostile, replies
from tests.support.raw import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame

MEMORY = 64 * 2**20
"""Bytes that a case may cost at its worst moment: an inbox, an unpacked body, and what is read."""

EVIL = "\x1b]0;OWNED\x07\x1b[2J\x9b2J\x85"
"""Escape sequences that change a terminal's title and clear it, 7-bit and 8-bit."""


@pytest.fixture(autouse=True)
async def bounds(lab: ModuleType, capfd: pytest.CaptureFixture[str]) -> AsyncIterator[None]:
    """Bound memory and time; nothing is printed, and `finish` finds nothing amiss."""
    await lab.fresh(timescale=0.2)
    tracemalloc.start()
    began = time.monotonic()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MEMORY, f"{peak >> 20} MiB"
    assert time.monotonic() - began < 10
    await bench.current().finish()
    assert "".join(capfd.readouterr()) == ""


def table(cases: dict[str, Any]) -> Callable[[Any], Any]:
    """Run a test once for each row."""
    return pytest.mark.parametrize(
        "case", [pytest.param(case, id=name) for name, case in cases.items()]
    )


def told(error: BaseException) -> str:
    """Return the words of an error, which are a line that every terminal can show."""
    text = str(error)
    assert text.isprintable(), text
    assert len(text) < 1000
    return text


def from_server(opcode: int, payload: bytes = b"", **more: Any) -> bytes:
    """Return a frame of a server, which is not masked."""
    return frame(opcode, payload, masked=False, **more)


def unmasked(data: bytes) -> list[tuple[int, bytes]]:
    """Return opcode and payload of the short frames that a client sent."""
    found = []
    while data:
        length = data[1] & 127
        key, payload = data[2:6], data[6 : 6 + length]
        found.append((data[0] & 15, bytes(b ^ key[i % 4] for i, b in enumerate(payload))))
        data = data[6 + length :]
    return found


# answers that are no connection


class Refuses(NamedTuple):
    """A server's answer to whatever is asked, and words of the error that comes of it."""

    sends: bytes
    words: str


def answers(status: str, *headers: str, body: bytes = b"") -> bytes:
    """Return an HTTP answer."""
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
    return "\r\n".join(lines).encode("latin-1") + body


REFUSALS = {
    **{
        f"a redirect to {where}": Refuses(
            answers(status, f"Location: {where}"), f"it redirects to '{where}'"
        )
        for status, where in (
            ("301 Moved Permanently", "http://localhost:1/internal"),
            ("302 Found", "ws://localhost:1/internal"),
            ("303 See Other", "/elsewhere"),
            ("307 Temporary Redirect", "//localhost:1/"),
            ("308 Permanent Redirect", "http://[broken"),
        )
    },
    "a redirect with escape sequences": Refuses(
        answers("307 Go", "Location: http://x/\x9b2J\x85"), "it redirects to 'http://x/"
    ),
    "a redirect of 6 000 characters": Refuses(
        answers("307 Go", "Location: /" + "x" * 6000), "it redirects to '/xxx"
    ),
    "a redirect to nowhere": Refuses(answers("307 Go"), "HTTP 307"),
    "8-bit escape sequences in the status line": Refuses(answers("503 \x9b2J\x85Busy"), "HTTP 503"),
    "a title of escape sequences": Refuses(
        answers(
            "500 No", "Content-Type: text/html", body=f"<title>{EVIL}</title>".encode("latin-1")
        ),
        "HTTP 500",
    ),
    "words from right to left": Refuses(
        answers("500 No", body="\u202egnp.exe \u200b\u2066\u2028".encode()), "HTTP 500"
    ),
    "200 000 titles": Refuses(
        answers("500 No", "Content-Type: text/html", body=b"<title>" * 100_000), "HTTP 500"
    ),
    "a refusal in deep JSON": Refuses(
        answers("500 No", "Content-Type: application/json", body=b"[" * 100_000), "HTTP 500"
    ),
}


@table(REFUSALS)
@pytest.mark.parametrize("scheme", ["ws", "http"])
async def test_refusals(lab: ModuleType, scheme: str, case: Refuses) -> None:
    """The error says what was answered; the client goes nowhere else."""
    async with hostile(replies(case.sends)) as (port, asked):
        with pytest.raises(ConnectError) as refused:
            await lab.connect(f"{scheme}://127.0.0.1:{port}", "alice")
        assert case.words in told(refused.value)
        assert not [line for line in asked if "internal" in line or "elsewhere" in line]


@pytest.mark.parametrize("where", ["ws://127.0.0.1:{}/x", "http://localhost:{}/x"])
@pytest.mark.parametrize("scheme", ["ws", "http"])
async def test_nobody_else_is_asked(lab: ModuleType, scheme: str, where: str) -> None:
    """A redirect to a server that is there reaches nobody."""

    async def victim(peer: Peer) -> None:
        await peer.request()

    async def says(peer: Peer) -> None:
        await peer.request()
        await peer.answer(b"", f"Location: {where.format(inside)}", status="307 Go")

    async with hostile(victim) as (inside, reached), hostile(says) as (port, _):
        with pytest.raises(ConnectError, match="it redirects to"):
            await lab.connect(f"{scheme}://127.0.0.1:{port}", "alice")
        assert reached == []


BROKEN = {
    "escape sequences in the status line": Refuses(
        f"HTTP/1.1 200 {EVIL}\r\n\r\n".encode("latin-1"), "cannot connect"
    ),
    "escape sequences for a version": Refuses(
        f"HTTP/{EVIL} 200 OK\r\n\r\n".encode("latin-1"), "cannot connect"
    ),
    "escape sequences for all": Refuses(EVIL.encode("latin-1") * 20 + b"\r\n", "cannot connect"),
    "escape sequences in a header": Refuses(
        answers("101 Switching Protocols", "Upgrade: \x9b2J\x85", "Connection: \x9b2J"), "cannot"
    ),
    "escape sequences in a subprotocol": Refuses(
        answers(
            "101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: upgrade",
            "Sec-WebSocket-Accept: \x9b2J\x85",
        ),
        "cannot connect",
    ),
    "10 000 headers": Refuses(answers("200 OK", *["X: 1"] * 10_000), "cannot connect"),
    "a header of 1 MB": Refuses(answers("200 OK", f"X: {'x' * 10**6}"), "cannot connect"),
    "a body without its end": Refuses(b"HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\nx", "cannot"),
    "nothing": Refuses(b"", "cannot connect"),
}


@table(BROKEN)
@pytest.mark.parametrize("scheme", ["ws", "http"])
async def test_broken_answers(lab: ModuleType, scheme: str, case: Refuses) -> None:
    """What is no HTTP, or too much of it, is an error within its time."""
    async with hostile(replies(case.sends)) as (port, _):
        with pytest.raises(ConnectError) as refused:
            await lab.connect(f"{scheme}://127.0.0.1:{port}", "alice")
        assert case.words in told(refused.value)


# frames of raw WebSocket


class Ends(NamedTuple):
    """Frames that end a connection, and the close code that the client sends, 0 if none."""

    sends: bytes
    code: int


FRAMES = {
    "a masked frame": Ends(frame(TEXT, b"hi"), 1002),
    "reserved bits": Ends(from_server(TEXT, b"hi", reserved=4), 1002),
    "an unknown opcode": Ends(from_server(0xB, b"hi"), 1002),
    "a continuation of nothing": Ends(from_server(CONTINUATION, b"hi"), 1002),
    "text that is not UTF-8": Ends(from_server(TEXT, b"\xff"), 1007),
    "a byte above 1 MiB": Ends(from_server(BINARY, b"x" * (2**20 + 1)), 1009),
    "a length of 2^62": Ends(from_server(BINARY, b"x", length=2**62), 1009),
    "2 MiB in fragments": Ends(
        from_server(BINARY, b"x" * 2**19, fin=False)
        + from_server(CONTINUATION, b"x" * 2**19, fin=False) * 3,
        1009,
    ),
    "fragments without an end": Ends(
        from_server(TEXT, b"x", fin=False) + from_server(CONTINUATION, b"", fin=False) * 5000,
        1009,
    ),
    "a close code that nobody may send": Ends(from_server(CLOSE, struct.pack("!H", 1006)), 1002),
    "a reason of escape sequences": Ends(
        from_server(CLOSE, struct.pack("!H", 4000) + EVIL.encode()), 4000
    ),
    "nothing, and gone": Ends(b"", 0),
}


@table(FRAMES)
async def test_frames(lab: ModuleType, case: Ends) -> None:
    """A frame that breaks a rule ends the connection with the code for it."""

    got: list[tuple[int, bytes]] = []

    async def says(peer: Peer) -> None:
        await peer.accept()
        await peer.send(case.sends)
        data = b""
        while case.sends and CLOSE not in [opcode for opcode, _ in unmasked(data)]:
            data += await peer.reader.read(4096)
        got.extend(unmasked(data))

    async with hostile(says) as (port, _):
        alice = await lab.connect(f"ws://127.0.0.1:{port}", "alice")
        await alice.ends(within=10)
        codes = [int.from_bytes(payload[:2], "big") for opcode, payload in got if opcode == CLOSE]
        assert codes == [case.code] * bool(case.code)
        assert repr(alice).isprintable()


# floods


RAW = "ws://127.0.0.1:{}"


async def test_a_hundred_mebibytes(lab: ModuleType) -> None:
    """An inbox and a transcript keep the end of it, and `hears` says what they let go."""
    piece = from_server(TEXT, b"x" * 2**20)

    async def says(peer: Peer) -> None:
        await peer.accept()
        await peer.send(*[piece] * 100, from_server(TEXT, b"the end"))
        await peer.reader.read()

    async with hostile(says) as (port, _):
        alice = await lab.connect(RAW.format(port), "alice")
        await soon(lambda: alice.inbox[-1:] == ["the end"], within=9)
        with pytest.raises(NotHeard) as missed:
            await alice.hears("never", within=0)
        assert f"{alice.inbox.dropped} earlier messages were dropped" in str(missed.value)
        assert alice.inbox.dropped + len(alice.inbox) == 101
        assert await alice.hears("the end") == "the end"


async def test_tiny_messages(lab: ModuleType) -> None:
    """While somebody waits for another one, each costs the same, however many came before."""

    async def says(peer: Peer) -> None:
        await peer.accept()
        await peer.reader.read(1)  # what comes with the handshake would count as its time
        await peer.send(from_server(TEXT, b"x") * 10_000, from_server(TEXT, b"the end"))
        await peer.reader.read()

    async with hostile(says) as (port, _):
        alice = await lab.connect(RAW.format(port), "alice")
        await alice.say("go on")
        assert await alice.hears("the end", within=40) == "the end"
        await alice.close()


async def test_pings_and_pongs_that_are_taken(lab: ModuleType) -> None:
    """Many pings are no crime."""

    async def says(peer: Peer) -> None:
        await peer.accept()
        taken = asyncio.ensure_future(peer.reader.readexactly(1_310_000))
        await peer.send(*[from_server(PING, b"x" * 125) * 500] * 20)
        await taken
        await peer.send(from_server(PONG) * 10_000, from_server(TEXT, b"the end"))
        await peer.reader.read()

    async with hostile(says) as (port, _):
        alice = await lab.connect(RAW.format(port), "alice")
        assert await alice.hears("the end", within=40) == "the end"
        await alice.close()


# Socket.IO

JOINED = b'40{"sid":"a"}'


async def polled(peer: Peer, *bodies: bytes, headers: Sequence[str] = ()) -> None:
    """Open a session, let it join, and answer each further poll with a body; then be silent."""
    left = [(OPEN.encode(), ()), (JOINED, ()), *((body, headers) for body in bodies)]
    while True:
        asked = await peer.request()
        if asked.startswith("POST"):
            await peer.answer(b"ok")
        elif left:
            body, more = left.pop(0)
            await peer.answer(body, *more)
        else:
            await asyncio.Event().wait()


def squeezed(*pieces: bytes) -> bytes:
    """Return a gzip file of several members, each a piece."""
    return b"".join(map(gzip.compress, pieces))


MIB = b"x" * 2**20
GZIP = "Content-Encoding: gzip"
DEEP = "[" * 100_000

OPENINGS = {
    "a bomb of 100 MiB": Refuses(
        answers("200 OK", GZIP, body=squeezed(b"4", *[MIB] * 100)), "cannot connect"
    ),
    "a refusal of 100 MiB": Refuses(
        answers("500 No", GZIP, body=squeezed(*[MIB] * 100)), "HTTP 500 Internal Server Error"
    ),
    "a body of 20 MiB": Refuses(answers("200 OK", body=b"4" + MIB * 20), "cannot connect"),
    "compression that is none": Refuses(answers("200 OK", GZIP, body=b"nothing"), "cannot connect"),
    "no packet": Refuses(answers("200 OK", body=b"?"), "cannot connect"),
    "no body": Refuses(answers("200 OK"), "without Socket.IO"),
    "another packet first": Refuses(answers("200 OK", body=b"2"), "cannot connect"),
    "10 001 packets": Refuses(answers("200 OK", body=b"\x1e".join([b"6"] * 10_001)), "cannot"),
    "a deep open packet": Refuses(answers("200 OK", body=f"0{DEEP}".encode()), "cannot connect"),
    "an open packet without a session": Refuses(answers("200 OK", body=b"0{}"), "cannot connect"),
    "a session that is no text": Refuses(
        answers("200 OK", body=OPEN.replace('"s"', "[1]").encode()), "cannot connect"
    ),
    "intervals that are none": Refuses(
        answers("200 OK", body=OPEN.replace("5000", '"\x1b[2J"').encode()), "cannot connect"
    ),
}


@table(OPENINGS)
async def test_openings(lab: ModuleType, case: Refuses) -> None:
    """A session that cannot begin is an error, and what is too long is not read to its end."""
    async with hostile(replies(case.sends)) as (port, _):
        with pytest.raises(ConnectError) as refused:
            await lab.connect(f"http://127.0.0.1:{port}", "alice")
        assert case.words in told(refused.value)


class Body(NamedTuple):
    """The answer to a poll, its headers, and whether it ends the connection."""

    sends: bytes
    headers: Sequence[str] = ()
    ends: bool = True


BODIES = {
    "a bomb of 100 MiB": Body(squeezed(b"4", *[MIB] * 100), [GZIP]),
    "a body of 20 MiB": Body(b"4" + MIB * 20),
    "no packet": Body(b"?"),
    "no UTF-8": Body(b"4\xff"),
    "a base64 that is none": Body(b"b!"),
    "an open packet": Body(b"0{}", ends=False),
    "a number": Body(b"2" + b"9" * 100_000, ends=False),
    "deep JSON": Body(f"2{DEEP}".encode()),
    "a deep event": Body(f"42{DEEP}".encode()),
    "no event": Body(b"42{}"),
    "an event that is none": Body(b"42[1]"),
    "no JSON": Body(b"42["),
    "bytes that nobody announced": Body(b"bAAAA"),
    "11 attachments": Body(b'4511-["x",1]'),
    "text for an attachment": Body(b'451-["x",{"_placeholder":true,"num":0}]\x1e42["x"]'),
    "an answer to nothing": Body(b'4399["x"]', ends=False),
    "an answer of number 0": Body(b'430["x"]'),
    "a namespace that was not joined": Body(b'42/other,["chat message","x"]', ends=False),
    "an unknown type": Body(b"49"),
    "a forged disconnect": Body(b'42["disconnect","x"]'),
}


@pytest.mark.parametrize(
    "broken",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n4",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n4",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Encoding: gzip\r\n\r\nno gzip..",
        b"HTTP/1.1 307 Go\r\nLocation: http://localhost:1/\r\nContent-Length: 0\r\n\r\n",
        answers("200 OK", body=b"\x1e".join([b"6"] * 10_001)),
    ],
    ids=["breaks off", "breaks off in a chunk", "no gzip", "redirects", "10 001 packets"],
)
async def test_polls_that_end_a_session(lab: ModuleType, broken: bytes) -> None:
    """A poll whose answer is none ends the session, however it is spoilt."""

    async def says(peer: Peer) -> None:
        for body in (OPEN.encode(), JOINED):
            while (await peer.request()).startswith("POST"):
                await peer.answer(b"ok")
            await peer.answer(body)
        while (await peer.request()).startswith("POST"):
            await peer.answer(b"ok")
        await peer.send(broken)

    async with hostile(says) as (port, _):
        alice = await lab.connect(
            f"http://127.0.0.1:{port}", "alice", transports="polling", reconnection=False
        )
        assert await alice.ends(within=10) == "transport error"


@pytest.mark.parametrize(
    ("transport", "case"),
    [
        pytest.param(transport, case, id=f"{transport}-{name}")
        for transport in ("polling", "websocket")
        for name, case in BODIES.items()
        if transport == "polling" or not case.headers  # frames have none
    ],
)
async def test_packets(lab: ModuleType, case: Body, transport: str) -> None:
    """What cannot be read ends the connection, or is passed over, and the client hears on."""
    end = b'42["chat message","the end"]'

    async def polls(peer: Peer) -> None:
        await polled(peer, case.sends, *[] if case.ends else [end], headers=case.headers)

    async def frames(peer: Peer) -> None:
        await peer.accept()
        for packet in (OPEN.encode(), JOINED, *case.sends.split(b"\x1e"), end):
            await peer.send(from_server(TEXT, packet))
        await peer.reader.read()

    says = polls if transport == "polling" else frames
    async with hostile(says) as (port, _):
        alice = await lab.connect(
            f"http://127.0.0.1:{port}", "alice", transports=transport, reconnection=False
        )
        if case.ends:
            await alice.ends(within=10)
        else:
            assert await alice.hears("the end", within=10) == "the end"
        await alice.close()
