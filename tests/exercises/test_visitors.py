"""Clients that visit the server of an answer."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import pytest

from labkit import bench
from labkit.exercises.visitors import (
    closed_ones,
    draw_ladder,
    heard_by,
    listen,
    open_chat,
    stop_line,
    try_to_say,
)


@pytest.mark.exhaustive
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


async def test_a_line_that_stands_still(lab: ModuleType) -> None:
    """Less than a megabyte fits on it, so the server has to wait, until the line goes on."""
    sent = []

    async def handler(websocket: Any) -> None:
        async for message in websocket:
            for number in range(100):
                await websocket.send(f"{number} " + message * 10_000)
                sent.append(number)

    async with bench.current().child() as child:
        server, (alice,) = await open_chat(child, handler, "alice")
        line = stop_line(server, alice)
        await alice.say("x")
        await listen(alice, lambda: len(alice.inbox) == 100)
        assert list(alice.inbox) == [] and 0 < len(sent) < 100
        line.remove()
        await listen(alice, lambda: len(alice.inbox) == 100)
        assert len(alice.inbox) == len(sent) == 100
