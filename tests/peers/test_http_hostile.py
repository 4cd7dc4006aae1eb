"""What strangers send to the chats over plain HTTP that breaks the rules, and what they must get.

A case is a row of one of the tables. During each, two people chat on the same server and lose
nothing, the server's view tells of it once, nothing is printed, `finish` finds no fault of theirs,
and memory stays bounded. `test_hostile.py` does the same for raw WebSocket.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from labkit.transports.contract import Server
from tests.conftest import soon
from tests.support.bystanders import Bystanders, bystanders
from tests.support.engineio import asks
from tests.support.raw import Raw, raw
from tests.support.rooms import CAROL
from tests.support.servers import names_of

EVIL = "http://evil.example"

CHATS = ("sse", "longpoll", "poll")


@pytest.fixture(params=CHATS)
async def server(lab: ModuleType, request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    """Serve each of the three."""
    yield await lab.serve(request.param)
    await lab.fresh()


@pytest.fixture
async def chat(
    lab: ModuleType, server: Server, capfd: pytest.CaptureFixture[str]
) -> AsyncIterator[Bystanders]:
    """Let two people chat meanwhile; afterwards nothing is lost or printed."""
    options = {"interval": 0.05} if server.protocol == "poll" else {}
    async with bystanders(lab, server, **options) as people:
        yield people
    assert "".join(capfd.readouterr()) == ""
    assert server.log_counts.get("error") is None


class Asks(NamedTuple):
    """A request that is no good.

    Attributes
    ----------
    path
        What it asks for: a path, or the query of a request that listens.
    gets
        The status of the answer.
    noted
        What the server's view says of it.
    headers
        Further headers.
    """

    path: str
    gets: int
    noted: str
    headers: tuple[str, ...] = ()

    def sends(self, server: Server) -> bytes:
        """Return its bytes."""
        listens = "/events" if server.protocol == "sse" else "/messages"
        path = self.path if self.path.startswith("/") else f"{listens}?{self.path}"
        return asks(path, *self.headers)


ME = f"client={CAROL}"

REQUESTS = {
    # who asks
    "nobody": Asks("", 400, "16 hexadecimal digits"),
    "a name": Asks("client=carol", 400, "16 hexadecimal digits"),
    "a long id": Asks(f"client={'c' * 5000}", 400, "16 hexadecimal digits"),
    "an id in other digits": Asks("client=" + "%D9%A1" * 16, 400, "16 hexadecimal digits"),
    "an id with a newline": Asks(f"{ME}%0A", 400, "16 hexadecimal digits"),
    # how far it has read
    "a negative cursor": Asks(f"{ME}&after=-1", 400, "'-1' is not a cursor"),
    "a negative number": Asks(f"{ME}&after=00000000--1", 400, "is not a cursor"),
    "a bare number": Asks(f"{ME}&after=7", 400, "'7' is not a cursor"),
    "a huge number": Asks(f"{ME}&after=00000000-{'9' * 4000}", 400, "is not a cursor"),
    "a text": Asks(f"{ME}&after=hello", 400, "'hello' is not a cursor"),
    "a cursor with a newline": Asks(f"{ME}&after=00000000-1%0A", 400, "is not a cursor"),
    "no cursor at all": Asks(f"{ME}&after=", 400, "'' is not a cursor"),
    # from where
    "a foreign page": Asks(ME, 403, "evil.example", (f"Origin: {EVIL}",)),
    "a page without an origin": Asks(ME, 403, "'null'", ("Origin: null",)),
    "a page of another port": Asks(ME, 403, "127.0.0.1:9'", ("Origin: http://127.0.0.1:9",)),
    "a foreign host": Asks(ME, 400, "Host", ("Host: evil.example",)),
    # what else
    "an unknown path": Asks("/chat", 404, "404"),
    "a path of 10 KB": Asks(f"/{'a' * 10240}", 400, "cannot be read"),
}


@pytest.mark.parametrize("name", REQUESTS)
async def test_requests(server: Server, port: int, chat: Bystanders, name: str) -> None:
    """A bad request gets the status for it, and nobody has come."""
    case = REQUESTS[name]
    async with raw(port) as stranger:
        await stranger.send(case.sends(server))
        head = await asyncio.wait_for(stranger.head(), 10)
    assert int(head.split()[1]) == case.gets
    assert case.noted in await told(server)
    assert names_of(server) == ["alice", "bob"]


async def told(server: Server) -> str:
    """Wait until the server's view tells of one refusal, and return its words."""
    await soon(lambda: server.log_counts.get("refused"))
    (event,) = [event for event in server.log_entries if event.kind == "refused"]
    assert event.times == server.log_counts["refused"] == 1
    return event.text


IDS = {
    "a text": b"hello",
    "a newline in the middle": b"00000000-1\r\n X: 1",
    "a bare line feed": b"00000000-1\nX",
    "a NUL": b"00000000-1\0",
    "negative": b"-1",
    "not UTF-8": b"\xff\xfe",
    "5 000 digits": b"9" * 5000,
}


@pytest.mark.parametrize("name", IDS)
async def test_last_event_ids(lab: ModuleType, port_of_sse: int, name: str) -> None:
    """An id of an event that no event had is refused, whatever stands in it."""
    async with raw(port_of_sse) as stranger:
        await stranger.send(
            f"GET /events?{ME} HTTP/1.1\r\nHost: 127.0.0.1\r\nLast-Event-ID: ".encode()
            + IDS[name]
            + b"\r\n\r\n"
        )
        head = await asyncio.wait_for(stranger.head(), 10)
    assert " 400 " in head


@pytest.fixture
async def port_of_sse(lab: ModuleType) -> AsyncIterator[int]:
    """Serve events while two people chat; afterwards one refusal is told."""
    server = await lab.serve("sse")
    async with bystanders(lab, server):
        yield server.port
    await told(server)


class Posts(NamedTuple):
    """A post that is no good: its headers and body, the status of the answer, what is noted."""

    headers: tuple[str, ...]
    body: bytes
    gets: int
    noted: str
    query: str = f"{ME}&number=1"


def text(length: int, *more: str) -> tuple[str, ...]:
    """Return the headers of a text."""
    return ("Content-Type: text/plain", f"Content-Length: {length}", *more)


POSTS = {
    "2 MiB": Posts(text(2**21), b"x" * 2**21, 413, "1048576"),
    "a byte above 1 MiB": Posts(text(2**20 + 1), b"x" * (2**20 + 1), 413, "1048576"),
    "2 MiB in chunks": Posts(
        ("Content-Type: text/plain", "Transfer-Encoding: chunked"),
        b"200000\r\n" + b"x" * 2**21 + b"\r\n0\r\n\r\n",
        413,
        "1048576",
    ),
    "what is not UTF-8": Posts(text(2), b"\xff\xfe", 400, "not UTF-8"),
    "half a character": Posts(text(1), "ü".encode()[:1], 400, "not UTF-8"),
    "no length": Posts(("Content-Type: text/plain",), b"", 411, "Content-Length"),
    "no length, and a body": Posts(("Content-Type: text/plain",), b"hello\r\n", 400, "be read"),
    "a form": Posts(
        ("Content-Type: application/x-www-form-urlencoded", "Content-Length: 3"),
        b"a=b",
        415,
        "text/plain",
    ),
    "of a foreign page": Posts(text(5, f"Origin: {EVIL}"), b"hello", 403, "evil.example"),
    "of a page without an origin": Posts(text(5, "Origin: null"), b"hello", 403, "'null'"),
    "without a number": Posts(text(5), b"hello", 400, "count your messages", ME),
    "a negative number": Posts(text(5), b"hello", 400, "count your", f"{ME}&number=-1"),
    "a huge number": Posts(text(5), b"hello", 400, "count your", f"{ME}&number={'9' * 400}"),
    "number 0": Posts(text(5), b"hello", 400, "count from 1", f"{ME}&number=0"),
    "of nobody": Posts(text(5), b"hello", 400, "16 hexadecimal digits", "number=1"),
}


@pytest.mark.parametrize("name", POSTS)
async def test_posts(server: Server, port: int, chat: Bystanders, name: str) -> None:
    """A bad post gets the status for it, and nobody hears of it."""
    case = POSTS[name]
    head = asks(f"/messages?{case.query}", *case.headers, method="POST")
    async with raw(port) as stranger:
        start, rest = case.body[:100], case.body[100:]
        sending = asyncio.ensure_future(stranger.send(head + start, rest))
        answer = await asyncio.wait_for(stranger.head(), 10)
        await asyncio.wait({sending}, timeout=5)
    assert int(answer.split()[1]) == case.gets
    assert case.noted in await told(server)


async def poll(stranger: Raw, path: str) -> None:
    """Ask and wait for nothing."""
    await stranger.send(asks(path))


@contextlib.asynccontextmanager
async def thousand(server: Any) -> AsyncIterator[list[Raw]]:
    """Let one client ask a thousand times at once, each time for what is new."""
    listens = "/events?" if server.protocol == "sse" else "/messages?wait=20&"
    history = server.room.history
    path = f"{listens}{ME}&after={history.at(history.last)}"
    async with contextlib.AsyncExitStack() as stack:
        strangers = [await stack.enter_async_context(raw(server.port)) for _ in range(1000)]
        await asyncio.gather(*(poll(each, path) for each in strangers))
        yield strangers


@pytest.mark.parametrize("protocol", ["longpoll", "sse"])
async def test_a_thousand_requests_of_one_client(lab: ModuleType, protocol: str) -> None:
    """The newest is held, and hears what is said then; each other one has ended with nothing."""
    server: Any = await lab.serve(protocol, max_connections=600)
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    async with thousand(server) as strangers:
        reads = Raw.rest if protocol == "sse" else Raw.head
        ends = {asyncio.ensure_future(reads(each)) for each in strangers}
        async with asyncio.timeout(10):
            while sum(each.done() for each in ends) < 999:
                await asyncio.wait(
                    [each for each in ends if not each.done()], return_when="FIRST_COMPLETED"
                )
        (held,) = [each for each in ends if not each.done()]
        await alice.say("hello")
        await bob.hears("hello")
        server.room.send_away(CAROL)
        got = str(await asyncio.wait_for(held, 10))
    assert ("hello" if protocol == "sse" else " 200 ") in got
    others = [str(each.result()) for each in ends if each is not held]
    assert all(("retry: 1000" if protocol == "sse" else " 204 ") in other for other in others)
    assert "hello" not in "".join(others)


@pytest.mark.parametrize("protocol", ["longpoll", "sse"])
async def test_bystanders_of_a_thousand_requests(lab: ModuleType, protocol: str) -> None:
    """They go on chatting, and lose nothing."""
    server: Any = await lab.serve(protocol, max_connections=600)
    async with bystanders(lab, server) as chat, thousand(server):
        before = chat.rounds
        await soon(lambda: chat.rounds > before + 10)
        assert len(server.connections) == 3
    assert server.log_counts.get("refused") is None


async def test_a_thousand_clients_that_never_come_back(lab: ModuleType) -> None:
    """As many as may be here are here, the rest is refused, and what is remembered is bounded."""
    server: Any = await lab.serve("longpoll", max_connections=50)
    async with bystanders(lab, server), raw(server.port) as stranger:
        for number in range(1000):
            await stranger.send(asks(f"/messages?client={number:016x}"))
            head = await stranger.head()
            length = int(head.lower().split("content-length: ")[1].split()[0])
            await stranger.reader.readexactly(length)
            assert head.split()[1] == ("200" if number < 48 else "503")
        assert len(server.room.sessions) <= 100
        assert len(server.connections) == 50
    (event,) = [event for event in server.log_entries if event.kind == "refused"]
    assert event.times == 952
