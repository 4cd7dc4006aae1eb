"""The time scale, and waits that end."""

from __future__ import annotations

import asyncio

import pytest

from labkit.clock import VARIABLE, Changes, Clock
from labkit.exceptions import LabError


def test_a_scale_multiplies() -> None:
    """Durations are multiplied by the scale."""
    assert Clock(0.5).seconds(20) == 10


@pytest.mark.parametrize(
    "scale", ["0", "-1", "fast", "nan", "inf", "", [2], "1e308", "1e-308", 10**400]
)
def test_a_scale_that_makes_no_sense_is_explained(scale: object) -> None:
    """Zero, negative, huge, infinite or no number: an error that names the variable."""
    with pytest.raises(LabError, match=VARIABLE):
        Clock(scale)  # type: ignore[arg-type]


def test_the_environment_gives_the_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an argument the variable counts, without the variable 1."""
    clock = Clock()
    monkeypatch.setenv(VARIABLE, "0.25")
    clock.set(None)
    assert clock.scale == 0.25
    monkeypatch.delenv(VARIABLE)
    clock.set(None)
    assert clock.scale == 1
    monkeypatch.setenv(VARIABLE, "")
    clock.set(None)
    assert clock.scale == 1


def test_the_environment_is_asked_at_the_first_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes no sense there breaks no import; whoever waits or sets the scale is told."""
    monkeypatch.setenv(VARIABLE, "fast")
    clock = Clock()
    with pytest.raises(LabError, match=f"'fast' is not a valid time scale.*unset {VARIABLE}"):
        clock.seconds(1)
    with pytest.raises(LabError, match="is not a valid time scale"):
        clock.set(None)
    clock.set(2)
    assert clock.seconds(1) == 2


async def test_a_wait_ends_with_the_change() -> None:
    """`until` returns True as soon as a change makes the condition true."""
    changes, heard = Changes(), list[int]()
    waiting = asyncio.create_task(changes.until(lambda: len(heard) == 2, within=30))
    for number in (1, 2):
        await asyncio.sleep(0)
        heard.append(number)
        changes.notify()
    assert await asyncio.wait_for(waiting, 5)


async def test_a_wait_ends_without_a_change() -> None:
    """`until` returns False when the time is over."""
    assert not await Changes().until(lambda: False, within=0.01)


async def test_a_condition_that_holds_waits_for_nothing() -> None:
    """What is true already needs no change."""
    assert await Changes().until(lambda: True, within=0)


def test_listeners_come_and_go() -> None:
    """A listener is called for each change until it unsubscribes, which may be done twice."""
    changes, calls = Changes(), list[str]()
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
        await Changes().until(lambda: True, within)  # type: ignore[arg-type]
