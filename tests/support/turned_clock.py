"""Faults by a clock that the test turns: exact, without sockets and without waiting."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, cast

from labkit.clock import clock
from labkit.faults.fault import Act, ByteFault
from labkit.links.fault_stage import FaultStage
from labkit.protocols.stream import Item


class Timer:
    """What the loop is to call, and when."""

    def __init__(self, when: float, call: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        self.when, self.call, self.arguments = when, call, arguments
        self.is_cancelled = False

    def cancel(self) -> None:
        """Let it not be called."""
        self.is_cancelled = True


class TurnedLoop:
    """A loop whose clock stands still until the test turns it."""

    def __init__(self) -> None:
        self.now = 0.0
        self._timers: list[Timer] = []

    def time(self) -> float:
        """Return the time, as the test has set it."""
        return self.now

    def call_at(self, when: float, call: Callable[..., None], *arguments: Any) -> Timer:
        """Call something when the clock is turned so far."""
        timer = Timer(when, call, arguments)
        self._timers.append(timer)
        return timer

    @property
    def timers(self) -> list[Timer]:
        """What is still to be called, the earliest first."""
        self._timers = [each for each in self._timers if not each.is_cancelled]
        return sorted(self._timers, key=lambda each: each.when)

    def turn_to(self, time: float) -> None:
        """Turn the clock on, and call on the way what is due."""
        while self.timers and self.timers[0].when <= time:
            timer = self.timers[0]
            self._timers.remove(timer)
            self.now = max(self.now, timer.when)
            timer.call(*timer.arguments)
        self.now = max(self.now, time)


class Line:
    """One direction of a connection on which one fault acts, whatever time scale tests left.

    Attributes
    ----------
    passed, acts
        What has passed, and what was done to the connection, each with the time.
    reports
        How often the stage reported that it holds more, or less.
    """

    def __init__(self, fault: ByteFault, seed: int = 0, scale: float = 1.0) -> None:
        self.loop = TurnedLoop()
        self.passed: list[tuple[float, Item]] = []
        self.acts: list[tuple[float, Act]] = []
        self.reports = 0
        live = fault.live(random.Random(seed).random)
        loop, before = cast("Any", self.loop), clock.scale
        clock.set(scale)  # a stage keeps it
        self.stage = FaultStage(live, fault.hold_limit, self._on_act, loop)
        clock.set(before)
        self.stage.pipe, self.stage.pass_on = self, self._on_passed
        self.stage.begin()

    def _on_passed(self, item: Item) -> None:
        self.passed.append((self.loop.now, item))

    def _on_act(self, act: Act) -> None:
        self.acts.append((self.loop.now, act))

    def held_changed(self) -> None:
        """Count a report."""
        self.reports += 1

    def send(self, *items: Item, at: float | None = None) -> None:
        """Let items enter at a time."""
        if at is not None:
            self.loop.turn_to(at)
        for item in items:
            self.stage.push(item)

    def passed_by(self, time: float) -> list[tuple[float, Item]]:
        """Turn the clock on, and return what has passed since the line was made."""
        self.loop.turn_to(time)
        return [(round(when, 9), item) for when, item in self.passed]

    @property
    def bytes(self) -> bytes:
        """All bytes that have passed."""
        return b"".join(item for _, item in self.passed if isinstance(item, bytes))
