"""Servers and clients on a bench that is not the loop's own."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit import bench
from labkit.bench.starting import open_client, start_server


async def test_what_is_started_is_on_that_bench(lab: ModuleType) -> None:
    """A server has its handler's name, a client its own, and the main bench has neither."""

    async def chat(websocket) -> None:  # type: ignore[no-untyped-def]
        async for message in websocket:
            await websocket.send(message)

    main = bench.current()
    async with main.child() as child:
        server = await start_server(child, chat)
        alice = await open_client(child, server, ping_interval=None)
        await alice.say("hello")
        await alice.hears("hello")
        assert (child.servers, child.clients) == ({"chat": server}, {"alice": alice})
        assert bench.current() is child and (main.servers, main.clients) == ({}, {})
        with pytest.raises(lab.LabError, match="7"):
            await start_server(child, 7)
