"""What strangers send that breaks the rules, and what each of them must get.

A case is a row of one of the tables; a further one is a further row. During each case two people
chat on the same server and lose nothing, the server's view tells of it once, nothing is printed,
`finish` finds no fault of the learner's, and memory stays bounded.
"""

from __future__ import annotations

import asyncio
import random
import zlib
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from labkit.transports.contract import Server
from tests.conftest import soon, turn_loop
from tests.support.bystanders import Bystanders
from tests.support.raw import (
    BINARY,
    CLOSE,
    CONTINUATION,
    KEY,
    PING,
    PONG,
    TEXT,
    Raw,
    close,
    frame,
    frames,
    raw,
    request,
)


class Asks(NamedTuple):
    """A request that is no good.

    Attributes
    ----------
    sends
        The bytes, in pieces.
    gets
        Status of the answer, 0 if the connection is closed without one.
    noted
        What the server's view says of it.
    ends
        What the stranger does afterwards: "waits", "leaves" (FIN) or "breaks off" (RST).
    """

    sends: Sequence[bytes]
    gets: int
    noted: str
    ends: str = "waits"


class Breaks(NamedTuple):
    """Frames that break a rule, after a good handshake.

    Attributes
    ----------
    sends
        The bytes, in pieces.
    gets
        The close code that the stranger is sent, 0 if none.
    noted
        What the server's view says of it.
    ends
        As above.
    """

    sends: Sequence[bytes]
    gets: int
    noted: str
    ends: str = "waits"


def bare(text: str) -> list[bytes]:
    """Return one piece of bytes."""
    return [text.encode("latin-1")]


EVIL = "http://evil.example"

REQUESTS = {
    # pages and names of somebody else (RFC 6455 section 10.2)
    "a foreign page": Asks([request(f"Origin: {EVIL}")], 403, "evil.example"),
    "a page without an origin": Asks([request("Origin: null")], 403, "'null'"),
    "a page whose name begins like ours": Asks(
        [request("Origin: http://127.0.0.1.evil.example")], 403, "127.0.0.1.evil"
    ),
    "a page whose name ends like ours": Asks(
        [request("Origin: http://evil-localhost")], 403, "evil-localhost"
    ),
    "a page of another port": Asks([request("Origin: http://127.0.0.1:9")], 403, "127.0.0.1:9'"),
    "a frame of a page": Asks(
        [request("Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: iframe")], 403, "'null'"
    ),
    **{
        f"the host {host!r}": Asks([request(host=host)], 403, "not a name of this server")
        for host in ("127.0.0.1#evil", "127.0.0.1?evil", "local\thost", "[::1%25x]", "127.0.0.1:")
    },
    **{
        f"the origin {origin!r}": Asks([request(f"Origin: {origin}")], 403, "may not connect")
        for origin in ("http://127.0.0.1?x", "http://127.0.0.1#x", "http://127.0.0.1/", "")
    },
    "a forged host and origin": Asks(
        [request(f"Origin: {EVIL}", host="evil.example")], 403, "not a name of this server"
    ),
    "a host that ends like ours": Asks(
        [request(host="evil.127.0.0.1")], 403, "not a name of this server"
    ),
    "two hosts": Asks([request("Host: 127.0.0.1")], 400, "one Host header"),
    "no host": Asks([request(without="Host")], 400, "one Host header"),
    "two origins": Asks([request(f"Origin: {EVIL}", "Origin: null")], 400, "at most one Origin"),
    # the handshake's own fields (RFC 6455 section 4.2.1)
    "another method": Asks([request(line="POST / HTTP/1.1")], 405, "POST"),
    "an old HTTP": Asks([request(line="GET / HTTP/1.0")], 505, "HTTP/1.0"),
    "a new HTTP": Asks(bare("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 0, "HTTP/2.0"),
    "no upgrade": Asks(
        [request(line="GET /chat HTTP/1.1", without="Upgrade")], 426, "missing Upgrade"
    ),
    "another upgrade": Asks([request("Upgrade: h2c", without="Upgrade")], 426, "h2c"),
    "no connection": Asks([request(without="Connection")], 426, "missing Connection"),
    "no key": Asks([request(without="Sec-WebSocket-Key")], 400, "missing Sec-WebSocket-Key"),
    "two keys": Asks([request(f"Sec-WebSocket-Key: {KEY}")], 400, "multiple values"),
    "a short key": Asks(
        [request("Sec-WebSocket-Key: c2hvcnQ=", without="Sec-WebSocket-Key")], 400, "c2hvcnQ="
    ),
    "no version": Asks([request(without="Sec-WebSocket-Version")], 400, "Sec-WebSocket-Version"),
    "an old version": Asks(
        [request("Sec-WebSocket-Version: 8", without="Sec-WebSocket-Version")], 400, "Version"
    ),
    # too much
    "a path of 10 KB": Asks([request(line=f"GET /{'a' * 10240} HTTP/1.1")], 414, "too large"),
    "a header of 10 KB": Asks([request(f"X: {'a' * 10240}")], 431, "too large"),
    "200 headers": Asks([request(*(f"X-{n}: 1" for n in range(200)))], 431, "128 headers"),
    # no HTTP, or none that a handshake may be
    "a greeting of TLS": Asks([b"\x16\x03\x01\x02\x00\x01" + b"a" * 500], 0, "too long"),
    "garbage": Asks([bytes(range(256))], 0, "without CRLF"),
    "garbage without a line": Asks([b"\x00\xff" * 500], 0, "too long"),
    "words": Asks(bare("hello there\r\n\r\n"), 0, "hello there"),
    "empty lines": Asks(bare("\r\n\r\n"), 0, "cannot be read"),
    "a header without a colon": Asks([request("no colon")], 0, "no colon"),
    "a NUL in a header": Asks([request("X: a\0b")], 0, "invalid HTTP header value"),
    "lines without CR": Asks([request(end="\n")], 0, "without CRLF"),
    "a path that is not ASCII": Asks([request(line="GET /ü HTTP/1.1")], 0, "ascii"),
    "a body": Asks([request("Content-Length: 5") + b"hello"], 0, "body"),
    "a body in chunks": Asks(
        [request("Transfer-Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n"], 0, "transfer codings"
    ),
    # never ready
    "silence": Asks([], 0, "too long"),
    "half a request": Asks([request()[:60]], 0, "too long"),
    "half a request, then gone": Asks([request()[:60]], 0, "left", "leaves"),
    "half a request, then a reset": Asks([request()[:60]], 0, "left", "breaks off"),
    "nothing, then gone": Asks([], 0, "left", "leaves"),
    "nothing, then a reset": Asks([], 0, "left", "breaks off"),
}

FRAMES = {
    # RFC 6455 section 5.1 and 5.2
    "unmasked": Breaks([frame(TEXT, b"hi", masked=False)], 1002, "masking"),
    **{
        f"reserved bits {bits:03b}": Breaks(
            [frame(TEXT, b"hi", reserved=bits)], 1002, "reserved bits"
        )
        for bits in (1, 2, 4, 7)
    },
    **{
        f"opcode {opcode:X}": Breaks([frame(opcode, b"hi")], 1002, "opcode")
        for opcode in (0x3, 0x7, 0xB, 0xF)
    },
    "HTTP after the handshake": Breaks([request()], 1002, "the server ended it"),
    # section 5.4, fragmentation
    "a continuation of nothing": Breaks([frame(CONTINUATION, b"hi")], 1002, "continuation"),
    "a message inside a message": Breaks(
        [frame(TEXT, b"a", fin=False), frame(TEXT, b"b")], 1002, "continuation"
    ),
    # section 5.5, control frames
    "a fragmented ping": Breaks([frame(PING, b"a", fin=False)], 1002, "fragmented control"),
    "a fragmented close": Breaks([frame(CLOSE, b"", fin=False)], 1002, "fragmented control"),
    "a ping of 126 bytes": Breaks([frame(PING, b"a" * 126)], 1002, "control frame too long"),
    "a pong of 65 536 bytes": Breaks([frame(PONG, b"a" * 2**16)], 1002, "control frame too long"),
    "a close of 126 bytes": Breaks([close(1000, b"a" * 124)], 1002, "control frame too long"),
    "half a close code": Breaks([frame(CLOSE, b"\x03")], 1002, "close frame too short"),
    # section 7.4, close codes that nobody may send
    **{
        f"close code {code}": Breaks([close(code)], 1002, "invalid status code")
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535)
    },
    # section 8.1, text that is not UTF-8
    "text that is not UTF-8": Breaks([frame(TEXT, b"\xff\xfe")], 1007, "invalid start byte"),
    "half a character": Breaks([frame(TEXT, "ü".encode()[:1])], 1007, "unexpected end of data"),
    "a surrogate": Breaks([frame(TEXT, b"\xed\xa0\x80")], 1007, "invalid continuation byte"),
    "half a character over two frames": Breaks(
        [frame(TEXT, b"\xf0\x9f", fin=False), frame(CONTINUATION, b"\x98")], 1007, "end of data"
    ),
    "a reason that is not UTF-8": Breaks([close(1000, b"\xff")], 1007, "invalid start byte"),
    # more than fits (section 10.4)
    "a byte above 1 MiB": Breaks([frame(TEXT, b"a" * (2**20 + 1))], 1009, "1048576 bytes"),
    "a length of 2^62": Breaks([frame(TEXT, b"a", length=2**62)], 1009, "1048576 bytes"),
    "a length of 2^63": Breaks([frame(TEXT, b"a", length=2**63)], 1009, "1048576 bytes"),
    "1 MiB in fragments and one byte": Breaks(
        [
            frame(BINARY, b"a" * 2**19, fin=False),
            frame(CONTINUATION, b"a" * 2**19, fin=False),
            frame(CONTINUATION, b"a"),
        ],
        1009,
        "1048576 bytes",
    ),
    "5 000 fragments": Breaks(
        [frame(TEXT, b"a", fin=False), frame(CONTINUATION, b"a", fin=False) * 4999],
        1009,
        "too many fragments",
    ),
    # ends of all kinds
    "half a frame, then gone": Breaks([frame(TEXT, b"hello")[:6]], 0, "1006", "leaves"),
    "half a frame, then a reset": Breaks([frame(TEXT, b"hello")[:6]], 0, "1006", "breaks off"),
    "gone without a close": Breaks([], 0, "1006", "leaves"),
    "a reset": Breaks([], 0, "1006", "breaks off"),
    "a close without a code": Breaks([frame(CLOSE)], 1005, "1005"),
    "words after the close": Breaks([close(1000), frame(TEXT, b"one more thing")], 1000, "1000"),
    "a crowd of pongs": Breaks([frame(PONG, b"?") * 5000, close(1000)], 1000, "1000"),
}


def deflated(data: bytes) -> bytes:
    """Compress as RFC 7692 section 7.2.1 says."""
    squeeze = zlib.compressobj(wbits=-15)
    return (squeeze.compress(data) + squeeze.flush(zlib.Z_SYNC_FLUSH)).removesuffix(
        b"\x00\x00\xff\xff"
    )


COMPRESSED = {
    "a bomb of 64 MiB": Breaks(
        [frame(TEXT, deflated(b"a" * 2**26), reserved=4)], 1009, "1048576 bytes"
    ),
    "broken compression": Breaks([frame(TEXT, b"\xff" * 20, reserved=4)], 1002, "decompress"),
    "a compressed ping": Breaks([frame(PING, deflated(b"a"), reserved=4)], 1002, "reserved bits"),
}


def table(cases: dict[str, Any]) -> Callable[[Any], Any]:
    """Run a test once for each row."""
    return pytest.mark.parametrize(
        "case", [pytest.param(case, id=name) for name, case in cases.items()]
    )


async def ended(server: Server, kind: str) -> str:
    """Wait until the server noted an end, once, and return its words."""
    await soon(lambda: [event for event in server.log_entries if event.kind == kind])
    (event,) = [event for event in server.log_entries if event.kind == kind]
    assert event.times == server.log_counts[kind] == 1
    return event.text


@table(REQUESTS)
async def test_bad_requests(server: Server, port: int, chat: Bystanders, case: Asks) -> None:
    """A bad request gets an HTTP error, or an end within the time limit."""
    async with raw(port) as stranger:
        await stranger.send(*case.sends)
        if case.ends == "leaves":
            stranger.writer.write_eof()
        elif case.ends == "breaks off":
            await stranger.close(reset=True)
        answer = await asyncio.wait_for(stranger.rest(), 10)
    status = int(answer.split()[1]) if answer else 0
    assert status == case.gets
    assert case.noted in await ended(server, "refused")


async def send_frames(stranger: Raw, case: Breaks) -> list[tuple[int, bytes]]:
    """Send what a case sends, leave as it leaves, and return the frames that came back."""
    await stranger.send(*case.sends)
    if case.ends == "leaves":
        stranger.writer.write_eof()
    elif case.ends == "breaks off":
        await stranger.close(reset=True)
    return list(frames(await asyncio.wait_for(stranger.rest(), 10)))


def code_of(got: Sequence[tuple[int, bytes]]) -> int:
    """Return the close code among frames, 1005 if it is empty, 0 if there is no close frame."""
    closes = [payload for opcode, payload in got if opcode == CLOSE]
    assert len(closes) <= 1
    return int.from_bytes(closes[0][:2], "big") or 1005 if closes else 0


@table(FRAMES)
async def test_bad_frames(server: Server, port: int, chat: Bystanders, case: Breaks) -> None:
    """A frame that breaks a rule ends that connection with the code for it."""
    async with raw(port) as stranger:
        assert "101" in await stranger.shake_hands()
        got = await send_frames(stranger, case)
        assert code_of(got) == case.gets
    assert case.noted in await ended(server, "closed")


@table(COMPRESSED)
async def test_bad_compressed_frames(
    lab: ModuleType, server: Server, chat: Bystanders, case: Breaks
) -> None:
    """Where compression was agreed on, it breaks nothing and bounds what comes out of it."""

    async def listen(websocket: Any) -> None:
        async for _ in websocket:
            pass

    compressing = await lab.serve(listen, compression="deflate")
    async with raw(compressing.port) as stranger:
        answer = await stranger.shake_hands("Sec-WebSocket-Extensions: permessage-deflate")
        assert "permessage-deflate" in answer
        assert code_of(await send_frames(stranger, case)) == case.gets
    assert case.noted in await ended(compressing, "closed")


async def test_a_malformed_extension(lab: ModuleType) -> None:
    """A header that names extensions wrongly is a bad request where extensions are read."""
    server = await lab.serve("websocket", compression="deflate")
    async with raw(server.port) as stranger:
        assert " 400 " in await stranger.shake_hands("Sec-WebSocket-Extensions: ;=")
    assert "Sec-WebSocket-Extensions" in await ended(server, "refused")


async def test_a_request_byte_by_byte(server: Server, port: int, chat: Bystanders) -> None:
    """One byte at a time is a legal way to ask, and to speak."""
    everything = request() + frame(TEXT, b"slowly") + close(1000)
    async with raw(port) as stranger:
        for byte in everything:
            stranger.writer.write(bytes([byte]))
            await turn_loop()
        answer = await asyncio.wait_for(stranger.rest(), 10)
    assert b" 101 " in answer
    await chat.bob.changes.until(lambda: "slowly" in chat.bob.inbox, within=20)
    assert "slowly" in chat.bob.inbox


async def test_a_request_that_drips_for_ever(server: Server, port: int, chat: Bystanders) -> None:
    """The time limit counts from the connection, not from the last byte."""
    async with raw(port) as stranger:
        end = asyncio.ensure_future(stranger.rest())
        for byte in request("X: " + "a" * 4000):
            await stranger.send(bytes([byte]))
            if (await asyncio.wait({end}, timeout=0.01))[0]:
                break
        assert await asyncio.wait_for(end, 10) == b""
    assert "too long" in await ended(server, "refused")


async def test_a_frame_glued_to_the_request(server: Server, port: int, chat: Bystanders) -> None:
    """What follows the request in the same segment is served, or refused, like any other."""
    async with raw(port) as stranger:
        await stranger.send(request() + frame(TEXT, b"at once"))
        await stranger.head()
        await chat.bob.changes.until(lambda: "at once" in chat.bob.inbox, within=20)
        assert "at once" in chat.bob.inbox
    async with raw(port) as stranger:
        await stranger.send(request() + frame(TEXT, b"at once", masked=False))
        assert b" 101 " not in (await stranger.rest())


async def test_noise_through_a_link(lab: ModuleType, server: Server, chat: Bystanders) -> None:
    """Mutated sessions break neither link nor lens, and every byte is accounted for."""
    link = await lab.link(server, "noise")
    noise = random.Random(1)
    good = request() + frame(TEXT, b"hello") + frame(PING, b"?") + close(1000)
    for _ in range(200):
        mutated = bytearray(good)
        for _ in range(noise.randint(1, 8)):
            mutated[noise.randrange(len(mutated))] = noise.randrange(256)
        async with raw(link.port) as stranger:
            await stranger.send(bytes(mutated[: noise.randint(1, len(mutated))]))
            stranger.writer.write_eof()
            await asyncio.wait_for(stranger.rest(), 10)
    await soon(lambda: not link.connection_count)
    for direction in ("upstream", "downstream"):
        sent = len(link.trace.bytes(direction))
        assert sum(row.size for row in link.trace.rows(direction=direction)) == sent
    assert not lab.errors()
