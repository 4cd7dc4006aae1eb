"""A countdown, by a clock that the test turns."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from labkit.clock import clock
from labkit.links.countdown import Countdown
from tests.support.turned_clock import TurnedLoop


class Counted:
    """A countdown, and what it reported with the time."""

    def __init__(self) -> None:
        self.loop = TurnedLoop()
        self.told: list[tuple[float, int | str]] = []
        self.countdown = Countdown(self._tick, lambda: self._note("end"))

    def _tick(self) -> None:
        assert self.countdown.left is not None
        self._note(self.countdown.left)

    def _note(self, what: int | str) -> None:
        self.told.append((round(self.loop.now, 6), what))


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Counted]:
    """Return a function that makes a countdown with a clock of its own."""

    def make() -> Counted:
        counted = Counted()
        monkeypatch.setattr("labkit.links.countdown.asyncio.get_running_loop", lambda: counted.loop)
        return counted

    return make


def test_each_second_is_counted(count: Callable[[], Counted]) -> None:
    """From the seconds rounded up to 1; at the end comes the call, once."""
    counted = count()
    assert counted.countdown.left is None
    counted.countdown.start(2.5)
    counted.loop.turn_to(9)
    assert counted.told == [(0, 3), (0.5, 2), (1.5, 1), (2.5, "end")]
    assert counted.countdown.left is None and not counted.loop.timers


@pytest.mark.parametrize("scale", [0.1, 3.0])
def test_by_the_lab_s_clock(
    count: Callable[[], Counted], scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scale makes the seconds shorter or longer, and not fewer."""
    monkeypatch.setattr(clock, "_scale", scale)
    counted = count()
    counted.countdown.start(3)
    counted.loop.turn_to(99)
    numbers: list[int | str] = [3, 2, 1, "end"]
    assert counted.told == [(round(n * scale, 6), what) for n, what in enumerate(numbers)]


def test_a_loop_that_was_blocked(count: Callable[[], Counted]) -> None:
    """What is left is true again at once: seconds are skipped, and the end is late."""
    counted = count()
    counted.countdown.start(5)
    counted.loop.now = 3.2
    assert counted.countdown.left == 2
    counted.loop.turn_to(3.2)
    assert counted.told == [(0, 5), (3.2, 2)]
    counted.loop.now = 7.0
    assert counted.countdown.left == 0
    counted.loop.turn_to(7.0)
    assert counted.told[2:] == [(7.0, "end")]


def test_another_start_and_no_end(count: Callable[[], Counted]) -> None:
    """A new start replaces the old one; once cancelled, nothing comes."""
    counted = count()
    counted.countdown.start(1)
    counted.countdown.start(4)
    counted.loop.turn_to(2)
    assert counted.countdown.left == 2 and (1.0, "end") not in counted.told
    counted.countdown.cancel()
    counted.countdown.cancel()
    counted.loop.turn_to(9)
    assert counted.told[-1] == (2, 2) and counted.countdown.left is None
