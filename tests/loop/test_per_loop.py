"""Things of which each event loop has one."""

from __future__ import annotations

import asyncio

import pytest

from labkit.loop.per_loop import PerLoop


async def test_each_loop_has_its_own() -> None:
    """What another loop has is not found here, until it is put here, too."""
    things, other = PerLoop[str](), asyncio.new_event_loop()
    things.put(other, "theirs")
    assert things.here() is None
    things.put(asyncio.get_running_loop(), "mine")
    assert things.here() == "mine" and list(things) == ["theirs", "mine"]
    things.drop(asyncio.get_running_loop())
    things.drop(asyncio.get_running_loop())
    assert things.here() is None and list(things) == ["theirs"]
    other.close()


async def test_what_has_ended_is_taken_once() -> None:
    """A closed loop's thing is handed out once; those of the others stay."""
    things, ended = PerLoop[str](), asyncio.new_event_loop()
    things.put(asyncio.get_running_loop(), "mine")
    things.put(ended, "theirs")
    assert things.take_ended() == []
    ended.close()
    assert things.take_ended() == ["theirs"]
    assert things.take_ended() == [] and list(things) == ["mine"]


def test_without_a_loop_there_is_none() -> None:
    """Asking where no loop runs is a mistake."""
    with pytest.raises(RuntimeError, match="no running event loop"):
        PerLoop[str]().here()
