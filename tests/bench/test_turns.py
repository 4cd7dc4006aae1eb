"""Turns: one at a time for each name, and alone."""

from __future__ import annotations

import asyncio

import pytest

from labkit.bench.turns import Turns
from tests.conftest import turn_loop


async def act(turns: Turns, name: str, log: list[str], may_end: asyncio.Event) -> None:
    """Take a turn, and tell when it begins and ends."""
    async with turns.take(name):
        log.append(f"{name} begins")
        await may_end.wait()
        log.append(f"{name} ends")


async def test_one_name_has_one_turn_at_a_time() -> None:
    """The second on a name waits for the first; another name does not."""
    turns, log, may_end = Turns(), [], asyncio.Event()  # type: tuple[Turns, list[str], asyncio.Event]
    async with asyncio.TaskGroup() as group:
        for name in ("alice", "alice", "bob"):
            group.create_task(act(turns, name, log, may_end))
        await turn_loop()
        assert turns.is_taken("alice") and turns.is_taken("bob") and not turns.is_taken("carol")
        may_end.set()
    assert sorted(log[:2]) == ["alice begins", "bob begins"]
    assert log.index("alice ends") < len(log) - 1 - log[::-1].index("alice begins")
    assert not turns.is_taken("alice")


async def test_who_is_alone_waits_for_all_and_lets_nobody_in() -> None:
    """Turns that have begun end first; those that come meanwhile begin afterwards."""
    turns, log, may_end = Turns(), [], asyncio.Event()  # type: tuple[Turns, list[str], asyncio.Event]

    async def alone() -> None:
        async with turns.alone(within=5):
            log.append("alone")

    async with asyncio.TaskGroup() as group:
        group.create_task(act(turns, "alice", log, may_end))
        group.create_task(alone())
        group.create_task(act(turns, "bob", log, may_end))
        await turn_loop()
        may_end.set()
    assert log == ["alice begins", "alice ends", "alone", "bob begins", "bob ends"]


async def test_the_wait_to_be_alone_is_bounded() -> None:
    """A turn that never ends does not hold up closing for ever."""
    turns = Turns()
    async with turns.take("alice"), turns.alone(within=0.01):
        assert turns.is_taken("alice")


async def test_a_turn_that_fails_or_is_cancelled_is_over() -> None:
    """The next one on that name has its turn."""
    turns = Turns()
    with pytest.raises(ValueError, match="mine"):
        async with turns.take("alice"):
            raise ValueError("mine")
    async with turns.take("alice"):
        waiting = asyncio.create_task(act(turns, "alice", [], asyncio.Event()))
        await turn_loop()
        waiting.cancel()
        await asyncio.wait({waiting})
        assert turns.is_taken("alice")
    assert not turns.is_taken("alice")
