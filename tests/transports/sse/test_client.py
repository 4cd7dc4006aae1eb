"""Server-sent events, as their client reads them."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import pytest

from labkit.backoff import Backoff
from labkit.exceptions import ConnectError
from tests.support.hostile import Peer, hostile

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


class Streams:
    """A server whose streams the test writes."""

    def __init__(self, *streams: bytes) -> None:
        self.streams = list(streams)
        self.heads: list[str] = []

    async def __call__(self, peer: Peer) -> None:
        """Answer with the next stream, and hold the last one open."""
        head = await peer.request()
        if head.startswith("DELETE"):
            await peer.answer(status="204 No Content")
            return
        self.heads.append(head)
        await peer.send(HEAD, self.streams.pop(0))
        if not self.streams:
            await peer.request()


async def listen(lab: ModuleType, port: int, **options: Any) -> Any:
    """Connect alice."""
    options = {"reconnect": Backoff(0), **options}
    return await lab.connect(f"http://127.0.0.1:{port}/", "alice", protocol="sse", **options)


async def test_a_stream_that_ends_is_read_on(lab: ModuleType) -> None:
    """It asks with the last id, whether it came with an event or alone; nothing is heard twice."""
    streams = Streams(
        b'id: aaaaaaaa-1\ndata: {"text": "one"}\n\nid: aaaaaaaa-2\n\n',
        b'id: aaaaaaaa-2\ndata: {"text": "two"}\n\nid: aaaaaaaa-3\ndata: {"text": "three"}\n\n',
    )
    async with hostile(streams) as (port, _):
        alice = await listen(lab, port)
        assert await alice.hears(2) == ["one", "three"]
        await alice.close()
    assert "Last-Event-ID" not in streams.heads[0]
    assert "Last-Event-ID: aaaaaaaa-2\r\n" in streams.heads[1]
    assert "Accept: text/event-stream\r\n" in streams.heads[1]


async def test_what_it_does_not_know_it_ignores(lab: ModuleType) -> None:
    """Comments, heartbeats, other events, and empty ones."""
    noise = b': hi\n\nevent: heartbeat\ndata:\n\nevent: news\ndata: {"text": "x"}\n\ndata:\n\n'
    streams = Streams(
        noise + b'event: private\ndata: {"text": "private"}\n\n'
        b'data: {"text": "without an id"}\n\nid: aaaaaaaa-1\ndata: {"text": "1"}\n\n'
    )
    async with hostile(streams) as (port, _):
        alice = await listen(lab, port)
        assert await alice.hears(3) == ["private", "without an id", "1"]
        await alice.close()


async def test_it_is_open_at_the_first_byte(lab: ModuleType) -> None:
    """The head alone proves nothing: something on the way may keep the rest."""
    await lab.fresh(timescale=0.1)
    head = asyncio.Event()

    async def says(peer: Peer) -> None:
        await peer.request()
        await peer.send(HEAD)
        head.set()
        await peer.request()

    async with hostile(says) as (port, _):
        with pytest.raises(
            ConnectError,
            match=r"(no answer came in time|stream was silent)",
        ):
            await listen(lab, port)
    assert head.is_set()


@pytest.mark.parametrize("data", [b"hello", b"[" * 100_000, b"7", b'{"text": 7}'])
async def test_what_is_no_message_breaks_the_stream(lab: ModuleType, data: bytes) -> None:
    """It is noted, and the client asks again."""
    good = b'id: aaaaaaaa-1\ndata: {"text": "good"}\n\n'
    async with hostile(Streams(b"data: " + data + b"\n\n", good)) as (port, _):
        alice = await listen(lab, port)
        await alice.hears("good")
        await alice.close()
    notes = [str(entry.text) for entry in alice.transcript if entry.kind == "note"]
    assert any("is not JSON" in note or "sent no message" in note for note in notes)
