"""Listeners that are called, and waits that end."""

from __future__ import annotations

import asyncio

import pytest

from labkit.exceptions import LabError
from labkit.observable import Observable
from tests.conftest import turn_loop


async def test_a_wait_ends_with_the_change() -> None:
    """`until` returns True as soon as a change makes the condition true."""
    changes, heard = Observable(), list[int]()
    waiting = asyncio.create_task(changes.until(lambda: len(heard) == 2, within=30))
    for number in (1, 2):
        await turn_loop()
        heard.append(number)
        changes.notify()
    assert await asyncio.wait_for(waiting, 5)


async def test_a_wait_ends_without_a_change() -> None:
    """`until` returns False when the time is over."""
    assert not await Observable().until(lambda: False, within=0.01)


async def test_a_condition_that_holds_waits_for_nothing() -> None:
    """What is true already needs no change."""
    assert await Observable().until(lambda: True, within=0)


def test_listeners_come_and_go() -> None:
    """A listener is called for each change until it unsubscribes, which may be done twice."""
    changes, calls = Observable(), list[str]()
    unsubscribe = changes.subscribe(lambda: calls.append("heard"))
    changes.notify()
    unsubscribe()
    unsubscribe()
    changes.notify()
    assert calls == ["heard"]


@pytest.mark.parametrize("within", [None, "2", True, -1, float("nan"), float("inf"), [2], 10**400])
async def test_a_wait_is_a_number_of_seconds(within: object) -> None:
    """What is none, or would never end, gets a sentence."""
    with pytest.raises(LabError, match="`within` must be a number of seconds"):
        await Observable().until(lambda: True, within)  # type: ignore[arg-type]
