"""Clients that visit the server of an answer."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

from labkit import bench
from labkit.exercises.visitors import closed_ones, draw_ladder, heard_by, open_chat, try_to_say


async def test_the_handler_has_begun_for_each(lab: ModuleType) -> None:
    """What it does at once is done when the clients are there, so no message can be too early."""
    begun = []

    async def handler(websocket: Any) -> None:
        begun.append(websocket)
        await websocket.send("hello")
        await asyncio.Event().wait()

    async with bench.current().child() as child:
        server, people = await open_chat(child, handler, "alice", "bob")
        assert len(begun) == server.connection_count == 2
        assert await heard_by(people[0], 1) == ["hello"]
        assert await closed_ones(people) == ""
        assert repr(draw_ladder(server, people)).count("hello") == 2


async def test_a_handler_that_ends_at_once(lab: ModuleType) -> None:
    """The server closes the connection, which is said, and nothing waits in vain."""

    async def handler(websocket: Any) -> None:
        pass

    async with bench.current().child() as child:
        _, people = await open_chat(child, handler, "alice")
        assert await heard_by(people[0], 1) == []
        assert (await closed_ones(people)).startswith("The server closed alice's connection: 1000")
        await try_to_say(people[0], "is anybody there?")
