"""The pings of a heartbeat made of messages."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

from labkit.exercises.heartbeats.pings import (
    answering,
    count_pings,
    find_words,
    has_heard,
    is_asked,
)


async def test_each_ping_is_answered_in_the_block(lab: ModuleType) -> None:
    """What is no ping is a word, and is not answered; behind the block nobody answers."""
    answers = asyncio.Queue[Any]()

    async def asks(websocket: Any) -> None:
        for message in ("ping", "hello", "ping"):
            await websocket.send(message)
        async for message in websocket:
            answers.put_nowait(message)

    alice = await lab.connect(await lab.serve(asks), "alice")
    with answering(alice):
        assert [await answers.get(), await answers.get()] == ["pong", "pong"]
    assert (count_pings(alice), find_words(alice)) == (2, ["hello"])
    assert is_asked(alice, 2) and not is_asked(alice, 3)
    assert has_heard(alice, 1) and not has_heard(alice, 2)
    await alice.close()
    assert has_heard(alice, 2)
