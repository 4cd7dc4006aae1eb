"""Server-sent events, as their server sends them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

import pytest

from labkit.clock import clock
from labkit.protocols.event_stream import Block, EventStreamParser
from labkit.transports.contract import Server
from labkit.transports.http.chat.server import history, listener
from labkit.transports.settings import HEARTBEAT
from tests.conftest import soon
from tests.support.raw import Raw, raw
from tests.support.rooms import ALICE, BOB
from tests.support.servers import names_of, notes


@pytest.fixture
async def server(lab: ModuleType) -> Server:
    """Serve a chat."""
    return await lab.serve("sse", history=3)


class Stream:
    """A stream that is read block by block."""

    def __init__(self, peer: Raw) -> None:
        self.peer = peer
        self.parser = EventStreamParser()
        self.blocks: list[Block] = []

    async def next(self) -> Block:
        """Return the next block."""
        while not self.blocks:
            size = int((await self.peer.reader.readline()).strip(), 16)
            assert size, "the stream has ended"
            self.blocks += self.parser.feed((await self.peer.reader.readexactly(size + 2))[:-2])
        return self.blocks.pop(0)


@contextlib.asynccontextmanager
async def reads(server: Server, *headers: str, query: str = "") -> AsyncIterator[Stream]:
    """Ask for a stream over a plain connection, and read its head."""
    async with raw(server.port) as peer:
        lines = [f"GET /events?client={ALICE}{query} HTTP/1.1", "Host: 127.0.0.1", *headers]
        await peer.send("\r\n".join([*lines, "", ""]).encode())
        head = await peer.head()
        assert " 200 OK" in head and "Content-Type: text/event-stream" in head
        assert "Cache-Control: no-store" in head
        yield Stream(peer)


def say(server: Any, number: int, text: str, client: str = BOB) -> None:
    """Let somebody say something."""
    from tests.support.rooms import asks

    server.room.post(asks(client), client, number, text)


async def test_the_first_bytes_come_at_once(server: Server) -> None:
    """When to reconnect, the welcome, the cursor, and a heartbeat, which a page's script sees."""
    async with reads(server) as stream:
        assert (await stream.next()).retry == 1000
        welcome = await stream.next()
        assert (welcome.event, welcome.id) == ("private", None)
        assert welcome.data == '{"text": "Welcome! You are the first."}'
        cursor = await stream.next()
        assert cursor.data is None and str(cursor.id).endswith("-0")
        beat = await stream.next()
        assert (beat.event, beat.data) == ("heartbeat", f"{clock.seconds(HEARTBEAT):g}")
        say(server, 1, "a\rb\nc")
        block = await stream.next()
        assert (block.event, block.data) == (None, '{"text": "a\\rb\\nc"}')
        assert str(block.id).endswith("-1")


async def test_own_messages_move_the_cursor(server: Server) -> None:
    """An id stands alone where they are left out."""
    async with reads(server) as stream:
        for _ in range(4):
            await stream.next()
        say(server, 1, "own", client=ALICE)
        block = await stream.next()
        assert block.data is None and str(block.id).endswith("-1")


@pytest.mark.parametrize("way", ["header", "query", "both"])
async def test_it_goes_on_where_it_broke(server: Server, way: str) -> None:
    """From the last event's id, or the query of a first request; without a second welcome."""
    for number in range(1, 5):
        say(server, number, f"number {number}")
    epoch = server.room.history.epoch  # type: ignore[attr-defined]
    header = () if way == "query" else (f"Last-Event-ID: {epoch}-0",)
    query = "" if way == "header" else f"&after={epoch}-{0 if way == 'query' else 4}"
    async with reads(server, *header, query=query) as stream:
        await stream.next()
        lost = await stream.next()
        assert (lost.event, lost.data, lost.id) == ("lost", "1", None)
        assert [str((await stream.next()).id) for _ in range(3)] == [
            f"{epoch}-{number}" for number in (2, 3, 4)
        ]
        assert (await stream.next()).event == "heartbeat"  # so it has all that it had missed


async def test_much_that_was_missed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes in parts, one at once after the other, and the first heartbeat after all of them."""
    monkeypatch.setattr(history, "MAX_ANSWER", 1)
    for number in range(1, 4):
        say(server, number, f"number {number}")
    epoch = server.room.history.epoch  # type: ignore[attr-defined]
    async with (
        asyncio.timeout(clock.seconds(HEARTBEAT) / 2),
        reads(server, f"Last-Event-ID: {epoch}-0") as stream,
    ):
        await stream.next()
        blocks = [await stream.next() for _ in range(4)]
    assert [block.id for block in blocks[:3]] == [f"{epoch}-{number}" for number in (1, 2, 3)]
    assert blocks[3].event == "heartbeat"


async def test_a_cursor_of_another_server(server: Server) -> None:
    """Nobody knows what is lost, and the stream begins here."""
    async with reads(server, "Last-Event-ID: 00000000-7") as stream:
        await stream.next()
        lost, cursor = await stream.next(), await stream.next()
        assert (lost.event, lost.data) == ("lost", "null")
        assert cursor.id == str(server.room.history.at(0))  # type: ignore[attr-defined]


async def test_heartbeats(lab: ModuleType) -> None:
    """They are events, since a page's script sees no comment, and say when the next one is due."""
    await lab.fresh(timescale=0.02)
    server = await lab.serve("sse")
    async with reads(server) as stream:
        for _ in range(3):
            await stream.next()
        for _ in range(2):
            beat = await stream.next()
            assert (beat.event, beat.data, beat.id) == ("heartbeat", "0.1", None)


async def test_the_end_of_a_stream_is_the_end_of_a_connection(server: Server) -> None:
    """Both are noticed at once; when the server stops, the stream ends properly."""
    async with reads(server) as stream:
        await stream.next()
        assert names_of(server) == ["guest 1"]
    await soon(lambda: names_of(server) == [])
    assert notes(server, "closed") == ["guest 1: transport close"]
    async with reads(server) as stream:
        await stream.next()
        await server.stop()
        assert (await stream.peer.rest()).endswith(b"0\r\n\r\n")
    assert notes(server, "closed")[-1] == "guest 2: the server stopped"


async def test_a_reader_that_reads_no_more(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is dropped while something waits for it, though little waits: the history is bounded."""
    monkeypatch.setattr(listener, "SLOW_READER_TIMEOUT", 0.2)
    server = await lab.serve("sse")
    async with reads(server) as stream:
        for number in range(1, 20):
            say(server, number, "x" * 500_000)
            await asyncio.sleep(0)  # sleeps: for no time, only a turn
        await soon(lambda: notes(server, "dropped"))
        await soon(lambda: names_of(server) == [])
        assert stream.blocks == []
    assert notes(server, "dropped") == ["guest 1: it read nothing for 5 s"]
