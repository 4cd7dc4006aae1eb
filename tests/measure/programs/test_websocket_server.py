"""The bare WebSocket server, in a process of its own."""

from __future__ import annotations

import asyncio
import time

import pytest
from websockets.asyncio.client import connect

from labkit.measure.process import running
from labkit.measure.subject import DEFLATE, WEBSOCKET, Subject

pytestmark = pytest.mark.exhaustive


@pytest.mark.parametrize(("subject", "extensions"), [(WEBSOCKET, 0), (DEFLATE, 1)])
async def test_it_echoes_and_broadcasts(subject: Subject, extensions: int) -> None:
    """With compression only if it is told so; it says when it began to broadcast."""
    async with (
        running(server := subject.make_server()),
        connect(f"ws://127.0.0.1:{server.port}/", proxy=None) as alice,
        connect(f"ws://127.0.0.1:{server.port}/", proxy=None) as bob,
    ):
        assert len(alice.protocol.extensions) == extensions
        await alice.send("hello")
        assert await alice.recv() == "hello"
        before = time.perf_counter()
        answer = await server.ask("broadcast", count=2, text="to all")
        assert before < answer["began"] < time.perf_counter()
        for each in (alice, bob):
            assert [await each.recv(), await each.recv()] == ["to all", "to all"]


async def test_it_carries_a_burden() -> None:
    """On each message, and on broadcasts."""
    burdened = WEBSOCKET.burdened("longer", characters=7, memory=10, work=0.001, wait=0.001)
    async with (
        running(server := burdened.make_server()),
        connect(f"ws://127.0.0.1:{server.port}/", proxy=None) as alice,
    ):
        await alice.send("hello")
        assert await alice.recv() == "helloxxxxxxx"
        await server.ask("broadcast", count=1, text="to all")
        assert await alice.recv() == "to allxxxxxxx"


async def test_strangers_do_not_make_it_write() -> None:
    """Nothing is logged, which would be measured, too."""
    async with running(server := WEBSOCKET.make_server()):
        for data in (b"nonsense\r\n\r\n", b""):
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(data)
            writer.transport.abort()
        await server.read_cpu()
        assert server._child is not None
        assert list(server._child._words) == []
