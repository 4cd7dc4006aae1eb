"""What strangers send to a Socket.IO server that breaks the rules, and what each of them must get.

A case is a row of one of the tables. During each, two people chat on the same server and lose
nothing, the server's view tells of it, nothing is printed, `finish` finds no fault of theirs,
and memory stays bounded. `test_hostile.py` does the same for raw WebSocket.
"""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Sequence
from types import ModuleType
from typing import NamedTuple

import pytest

from labkit.transports.contract import Server
from tests.conftest import soon
from tests.support.bystanders import Bystanders, bystanders
from tests.support.engineio import OPEN, UPGRADE, asks, opened, posts, upgraded
from tests.support.raw import BINARY, CLOSE, TEXT, frame, frames, raw
from tests.support.servers import names_of

EVIL = "http://evil.example"


@pytest.fixture
async def server(lab: ModuleType) -> AsyncIterator[Server]:
    """Serve the finished chat."""
    yield await lab.serve("socketio")
    await lab.fresh()


class Asks(NamedTuple):
    """A request that is no good: its bytes, the status of the answer, and what is noted."""

    sends: bytes
    gets: int
    noted: str


REQUESTS = {
    "a client of version 2": Asks(
        asks("/socket.io/?EIO=3&transport=polling"), 400, "Engine.IO 3, as Socket.IO 1 or 2 does"
    ),
    "no version": Asks(asks("/socket.io/?transport=polling"), 400, "Engine.IO none"),
    "an unknown transport": Asks(
        asks("/socket.io/?EIO=4&transport=pigeon"), 400, "Invalid transport"
    ),
    "a WebSocket without upgrade": Asks(
        asks("/socket.io/?EIO=4&transport=websocket"), 400, "Invalid websocket upgrade"
    ),
    "a session that is none": Asks(asks(f"{OPEN}&sid=nobody"), 400, "Invalid session nobody"),
    "a post to a session that is none": Asks(posts("nobody", b"40"), 400, "Invalid session nobody"),
    "an upgrade of a session that is none": Asks(
        asks("/socket.io/?EIO=4&transport=websocket&sid=nobody", *UPGRADE),
        400,
        "Invalid session nobody",
    ),
    "another method": Asks(asks(OPEN, method="PUT"), 405, "405"),
    "a foreign page on polling": Asks(asks(OPEN, f"Origin: {EVIL}"), 403, "evil.example"),
    "a foreign page on WebSocket": Asks(
        asks("/socket.io/?EIO=4&transport=websocket", f"Origin: {EVIL}", *UPGRADE),
        403,
        "evil.example",
    ),
    "a page without an origin": Asks(asks(OPEN, "Origin: null"), 403, "'null'"),
    "a page whose name begins like ours": Asks(
        asks(OPEN, "Origin: http://127.0.0.1.evil.example"), 403, "127.0.0.1.evil"
    ),
    "a page of another port": Asks(asks(OPEN, "Origin: http://127.0.0.1:9"), 403, "127.0.0.1:9'"),
    "a script of a page": Asks(
        asks(f"{OPEN}&j=0", "Sec-Fetch-Site: same-site", "Sec-Fetch-Dest: script"), 403, "'null'"
    ),
    "a script, in an old browser": Asks(asks(f"{OPEN}&j=0"), 400, "JSONP"),
    **{
        f"the host {host!r}": Asks(asks(OPEN, host=host), 403, "not a name of this server")
        for host in ("127.0.0.1#evil", "127.0.0.1?evil", "[::1%25x]", "127.0.0.1:")
    },
    "an origin with a query": Asks(asks(OPEN, "Origin: http://127.0.0.1?x"), 403, "127.0.0.1?x"),
    "a forged host and origin": Asks(
        asks(OPEN, f"Origin: {EVIL}", host="evil.example"), 403, "not a name of this server"
    ),
    "two hosts": Asks(asks(OPEN, "Host: 127.0.0.1"), 400, "Host"),
    "what is no HTTP": Asks(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400, "cannot be read"),
}


@pytest.mark.parametrize("name", REQUESTS)
async def test_requests(server: Server, port: int, chat: Bystanders, name: str) -> None:
    """A bad request gets an answer that says no, and is told in the server's view."""
    case = REQUESTS[name]
    async with raw(port) as stranger:
        await stranger.send(case.sends)
        head = await asyncio.wait_for(stranger.head(), 10)
    assert int(head.split()[1]) == case.gets
    await soon(lambda: noted(server, case.noted))


def noted(server: Server, words: str) -> bool:
    """Whether the server's view tells of something in these words."""
    kinds = ("refused", "ignored", "error", "closed", "dropped")
    return any(words in event.text for event in server.log_entries if event.kind in kinds)


class Body(NamedTuple):
    """A polling body that is no good: its bytes, the answer, what is noted, further headers."""

    sends: bytes
    gets: int
    noted: str
    headers: Sequence[str] = ()


BODIES = {
    "no packet": Body(b"x", 400, "an invalid packet"),
    "nothing at all": Body(b"", 200, ""),
    "no text": Body(b"\xff\xfe", 400, "an invalid packet"),
    "a base64 that is none": Body(b"b!", 400, "an invalid packet"),
    "too many packets": Body(b"\x1e".join([b"3"] * 10_001), 400, "Too many packets"),
    "an open packet": Body(b"0{}", 400, "400 Bad Request"),
    "a ping": Body(b"2", 400, "400 Bad Request"),
    "a noop": Body(b"6", 400, "400 Bad Request"),
    "too much": Body(b"4" + b"x" * 2**20, 413, "413"),
    "less than it says": Body(b"40", 400, "did not come", ("Content-Length: 100",)),
    "more than it may, in chunks": Body(
        b"110000\r\n" + b"x" * 0x110000 + b"\r\n0\r\n\r\n",
        413,
        "413",
        ("Transfer-Encoding: chunked",),
    ),
}


@pytest.mark.parametrize("name", BODIES)
async def test_polling_bodies(
    lab: ModuleType, server: Server, port: int, chat: Bystanders, name: str
) -> None:
    """Each gets an answer within 5 s, none is left hanging, and a spoilt session is over."""
    case = BODIES[name]
    async with raw(port) as stranger:
        sid = await opened(stranger)
        message = posts(sid, case.sends, *case.headers)
        if case.headers and "Length" in case.headers[0]:
            message = message.replace(b"Content-Length: 2\r\n", b"")
        await stranger.send(message)
        head = await asyncio.wait_for(stranger.head(), 10)
        assert int(head.split()[1]) == case.gets
        await soon(lambda: not case.noted or noted(server, case.noted))
    if case.gets == 400 and "did not come" not in case.noted:
        async with raw(port) as again:
            await again.send(asks(f"{OPEN}&sid={sid}"))
            assert int((await asyncio.wait_for(again.head(), 10)).split()[1]) in (200, 400)


async def test_a_body_in_chunks(server: Server, port: int, chat: Bystanders) -> None:
    """A body whose length is not told is read to its end, which the library does not do."""
    async with raw(port) as stranger:
        sid = await opened(stranger)
        pieces = b"2\r\n40\r\n0\r\n\r\n"
        await stranger.send(posts(sid, pieces, "Transfer-Encoding: chunked"))
        assert "200" in await stranger.head()
        await soon(lambda: len(server.connections) == 3)
        await stranger.send(posts(sid, b"1"))
        await soon(lambda: len(server.connections) == 2)


class Says(NamedTuple):
    """Messages that break a rule, on a WebSocket that has joined.

    Attributes
    ----------
    sends
        Texts and bytes, one message each; the first "40" joins.
    noted
        What the server's view says of it, "" if nothing.
    ends
        Whether the stranger is shown out.
    code
        The close code that it is sent then.
    """

    sends: Sequence[str | bytes]
    noted: str
    ends: bool = True
    code: int = 1000


JOIN = "40"
PACKETS = {
    # Engine.IO
    "no packet": Says([JOIN, "x"], "an invalid packet"),
    "an empty message": Says([JOIN, ""], "an invalid packet"),
    "an unknown type": Says([JOIN, "9"], "an invalid packet"),
    "a ping": Says([JOIN, "2"], "", False),
    "an open packet": Says([JOIN, "0{}"], "", False),
    "a thousand pongs": Says([JOIN, *["3"] * 1000], "", False),
    "an upgrade without a probe": Says([JOIN, "5"], "", False),
    # Socket.IO
    "an event before joining": Says(['42["chat message","early"]'], "not joined", False),
    "joining twice": Says([JOIN, JOIN], "", False),
    "an unknown namespace": Says([JOIN, "40/nowhere,"], "no namespace /nowhere", False),
    "a namespace that was not joined": Says([JOIN, '42/lounge,["chat message","x"]'], "", False),
    "a very long namespace": Says([JOIN, f"40/{'x' * 100_000},"], "no namespace /xxx", False),
    "an unknown type of packet": Says([JOIN, "49"], "an invalid packet"),
    "no JSON": Says([JOIN, '42["chat message"'], "an invalid packet"),
    "an object": Says([JOIN, '42{"a":1}'], "begins with a name"),
    "an empty list": Says([JOIN, "42[]"], "begins with a name"),
    "a number for a name": Says([JOIN, "42[1]"], "begins with a name"),
    "null": Says([JOIN, "42null"], "begins with a name"),
    "nothing": Says([JOIN, "42"], "begins with a name"),
    "a forged connect": Says(
        [JOIN, '42["connect",{"HTTP_HOST":"x"},{"admin":true}]'], "is reserved"
    ),
    "a forged disconnect": Says([JOIN, '42["disconnect","x"]'], "is reserved"),
    "NaN": Says([JOIN, '42["chat message",NaN]'], "NaN is not valid JSON"),
    "infinity": Says([JOIN, '42["chat message",-Infinity]'], "-Infinity is not valid JSON"),
    "a number of 10 000 digits": Says(
        [JOIN, f'42["chat message",{"9" * 10_000}]'], "Integer is too large"
    ),
    "nested 100 000 deep": Says([JOIN, "42" + "[" * 100_000], "an invalid packet"),
    "an answer to nothing": Says([JOIN, '4399["x"]'], "", False),
    "an answer of number 0": Says([JOIN, '430["x"]'], "a number and a list"),
    "an answer without a number": Says([JOIN, '43["x"]'], "a number and a list"),
    "an error packet": Says([JOIN, '44{"message":"x"}'], "CONNECT_ERROR"),
    "an unknown event": Says([JOIN, '42["__proto__",1]'], "there is no handler for", False),
    "too few arguments": Says([JOIN, '42["chat message"]'], "TypeError", False),
    "too many arguments": Says([JOIN, '421["chat message",1,2]'], "TypeError", False),
    "a room without a name": Says([JOIN, '42["join",{}]'], "TypeError", False),
    "leaving twice": Says([JOIN, "41", "41"], "", False),
    # binary
    "bytes that nobody announced": Says([JOIN, b"\x00"], "no packet announced"),
    "11 attachments": Says([JOIN, '4511-["chat message",1]'], "11 attachments are announced"),
    "999999999 attachments": Says(
        [JOIN, '45999999999-["chat message",1]'], "999999999 attachments are announced"
    ),
    "a number of attachments without end": Says(
        [JOIN, f'45{"9" * 50}-["chat message",1]'], "too many attachments"
    ),
    "a missing attachment": Says(
        [
            JOIN,
            '451-["chat message",{"_placeholder":true,"num":0}]',
            '42["chat message","eaten?"]',
        ],
        "text came instead",
    ),
    "an attachment from the end": Says(
        [JOIN, '451-["chat message",{"_placeholder":true,"num":-1}]', b"x"], "no attachment -1"
    ),
    "an attachment beyond the end": Says(
        [JOIN, '451-["chat message",{"_placeholder":true,"num":99}]', b"x"], "no attachment 99"
    ),
    "more than 1 MiB": Says([JOIN, f'42["chat message","{"x" * 2**20}"]'], "", True, 1009),
}


@pytest.mark.parametrize("name", PACKETS)
async def test_packets(server: Server, port: int, chat: Bystanders, name: str) -> None:
    """What breaks a rule is noted and ends its own session only; the harmless changes nothing."""
    case = PACKETS[name]
    async with upgraded(port) as stranger:
        for message in case.sends:
            text = message.encode() if isinstance(message, str) else message
            await stranger.send(frame(TEXT if isinstance(message, str) else BINARY, text))
        if case.ends:
            got = list(frames(await asyncio.wait_for(stranger.rest(), 10)))
            assert (CLOSE, case.code.to_bytes(2, "big")) in [(kind, what[:2]) for kind, what in got]
        else:
            await stranger.send(frame(TEXT, b'42["chat message","still here"]'))
        await soon(lambda: not case.noted or noted(server, case.noted))
        if not case.ends and JOIN in case.sends and "41" not in case.sends:
            await soon(lambda: "still here" in chat.bob.inbox)
    for client in (chat.alice, chat.bob):
        assert "eaten?" not in client.inbox


async def test_nobodys_handlers_are_run_by_forged_events(lab: ModuleType, server: Server) -> None:
    """A forged `connect` ends the connection."""
    alice = await lab.connect(server, "alice", transports=["websocket"], reconnection=False)
    await alice.raw.eio.send('2["connect",{}]')
    assert await alice.ends() == "server disconnect"
    assert alice.inbox == []


async def test_a_reader_that_freezes(lab: ModuleType, server: Server) -> None:
    """Whoever stops reading under a broadcast is dropped, and what waited for it is let go."""
    async with bystanders(lab, server) as chat, upgraded(server.port) as stranger:
        await stranger.send(frame(TEXT, b"40"))
        await soon(lambda: len(server.connections) == 3)
        frozen = weakref.ref(next(g for g in server.connections if g.name.startswith("guest")))
        for number in range(300):
            await chat.alice.emit("chat message", f"flood {number} " + "x" * 100_000)
            await chat.bob.hears(f"flood {number} ")
            if len(server.connections) == 2:
                break
        await soon(lambda: len(server.connections) == 2)
        (event,) = [event for event in server.log_entries if event.kind == "dropped"]
        assert "MiB waited to be read" in event.text
        await soon(lambda: gc.collect() >= 0 and frozen() is None)


async def test_a_guest_who_does_not_poll(lab: ModuleType, server: Server) -> None:
    """What waits for somebody who never polls again is bounded as well."""
    alice = await lab.connect(server, "alice")
    async with raw(server.port) as stranger:
        sid = await opened(stranger)
        await stranger.send(posts(sid, b"40"))
        await soon(lambda: len(server.connections) == 2)
        for number in range(300):
            await alice.emit("chat message", f"flood {number} " + "x" * 100_000)
            await alice.hears(f"flood {number} ")
            if len(server.connections) == 1:
                break
        await soon(lambda: names_of(server) == ["alice"])
        assert server.log_counts["dropped"] == 1
