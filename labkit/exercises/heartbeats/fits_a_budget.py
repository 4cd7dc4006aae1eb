"""Timings of a heartbeat: the dead are known within a budget, and the living stay."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any, NamedTuple

from labkit.bench.bench import Bench
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.tried import tries
from labkit.transports.contract.expected import short_repr

OPTIONS = ("ping_interval", "ping_timeout", "close_timeout")

LEAST = 1.0
"""Seconds: the shortest interval that is worth a connection."""

CLOSE = 1e-6
"""Seconds by which the sum of some fractions may miss what it should be."""


class _Needs(NamedTuple):
    """What a heartbeat must do: its arguments, in seconds."""

    budget: float
    slowest: float
    idle: float

    @property
    def call(self) -> str:
        return f"timings({self.budget:g}, {self.slowest:g}, {self.idle:g})"

    @property
    def expected(self) -> str:
        """Whether anything fits, as a sentence."""
        if self.longest < LEAST:
            return "None: not even an interval of 1 s fits."
        return f"A ping_interval of {self.longest:g} s fits."

    @property
    def longest(self) -> float:
        """The longest interval that fits."""
        return min(self.budget - 2 * self.slowest, self.idle / 2)


NEEDS = (
    _Needs(45, 5, 120),
    _Needs(20, 8, 60),
    _Needs(120, 5, 60),
    _Needs(30, 0.5, 10),
    _Needs(11, 5, 60),
    _Needs(8, 5, 60),
    _Needs(10.5, 5, 60),
    _Needs(30, 2, 1.5),
)


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    for needs in NEEDS:
        tries(needs.expected, [needs.call])
        found = answer(*needs)
        if told := _find_wrong(needs, found):
            return not_yet(*told, f"{needs.call} returned {short_repr(found)}")
    return None


def _find_wrong(needs: _Needs, found: Any) -> tuple[str, str] | None:
    """Return what was expected of some timings, and what is wrong with them."""
    if needs.longest < LEAST:
        if found is None:
            return None
        return needs.expected, "It returned timings."
    if found is None:
        return needs.expected, "It returned None."
    if not isinstance(found, Mapping) or set(found) != {*OPTIONS} or not _are_seconds(found):
        return f"A dictionary with seconds for {', '.join(OPTIONS)}.", "It returned something else."
    return _find_harm(needs, *(float(found[name]) for name in OPTIONS))


def _are_seconds(found: Mapping[str, Any]) -> bool:
    return all(isinstance(each, Real) and not isinstance(each, bool) for each in found.values())


def _find_harm(
    needs: _Needs, interval: float, timeout: float, closing: float
) -> tuple[str, str] | None:
    for name, seconds, what in (
        ("ping_timeout", timeout, "a living client is given up"),
        ("close_timeout", closing, "the answer to a close frame comes too late"),
    ):
        if seconds < needs.slowest - CLOSE:
            return (
                f"It waits for answers that take {needs.slowest:g} s.",
                f"With a {name} of {seconds:g} s, {what}.",
            )
    expected = f"The program knows within {needs.budget:g} s, whenever the line dies."
    if interval + timeout > needs.budget + CLOSE:
        return expected, f"A ping, and the wait for its answer: {interval + timeout:g} s pass."
    if interval + timeout + closing > needs.budget + CLOSE:
        took = f"{interval + timeout + closing:g} s"
        return expected, f"The close frame is waited for, too: {took} pass until it knows."
    if interval > needs.idle / 2 + CLOSE:
        return (
            f"Two pings within the {needs.idle:g} s after which the proxy ends what is idle.",
            f"One ping each {interval:g} s: a late one, and the proxy has hung up.",
        )
    if interval < needs.longest - CLOSE:
        return (
            "As few pings as possible.",
            f"A ping each {interval:g} s is more than is needed: a longer interval fits, too.",
        )
    return None


STUB = """
def timings(budget, slowest, idle): ...
"""

SOLUTION = """
def timings(budget, slowest, idle):
    interval = min(budget - 2 * slowest, idle / 2)
    if interval < 1:
        return None
    return {"ping_interval": interval, "ping_timeout": slowest, "close_timeout": slowest}
"""

NO_TIME_TO_CLOSE = SOLUTION.replace("budget - 2 * slowest", "budget - slowest")

EQUAL_PARTS = """
def timings(budget, slowest, idle):
    part = budget / 3
    if part < slowest:
        return None
    return {"ping_interval": part, "ping_timeout": part, "close_timeout": part}
"""

NO_PROXY = SOLUTION.replace("min(budget - 2 * slowest, idle / 2)", "budget - 2 * slowest")

ALWAYS_POSSIBLE = SOLUTION.replace("    if interval < 1:\n        return None\n", "").replace(
    "interval = min(budget - 2 * slowest, idle / 2)",
    "interval = max(1, min(budget - 2 * slowest, idle / 2))",
)

EXERCISE = Exercise(
    id="heartbeats.fits_a_budget",
    title="timings for a budget",
    task=(
        "Write `timings`, which returns the three options of a heartbeat of `websockets`, as "
        '`{"ping_interval": ..., "ping_timeout": ..., "close_timeout": ...}`, in seconds. '
        "Whenever the line dies, the program must know within `budget` seconds. The slowest "
        "living client answers a ping, or a close frame, after `slowest` seconds, and must not be "
        "given up. A proxy ends a connection that is idle for `idle` seconds, so there must be at "
        "least two pings in that time. Of all that fit, choose the one with the fewest pings. If "
        "no interval of at least 1 s fits, return `None`."
    ),
    stub=STUB,
    hints=(
        "The worst moment to die is just after a ping was answered. What has to pass then, one "
        "after the other, until the program knows? Step 5 had three options in `beat`.",
        "Three waits: the interval, the timeout, and `close_timeout`, for the answer to a close "
        "frame that a dead client will not give. Their sum is at most `budget`.",
        "The two timeouts can be no shorter than `slowest`. What they leave of the budget is for "
        "the interval, which may be at most half of `idle`: `min(..., ...)`.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(NO_TIME_TO_CLOSE, "The close frame is waited for, too"),
        Mistake(EQUAL_PARTS, "is more than is needed"),
        Mistake(NO_PROXY, "the proxy has hung up"),
        Mistake(ALWAYS_POSSIBLE, "not even an interval of 1 s fits"),
    ),
    judge=_judge,
    next=(
        "A phone wakes its radio for each ping, and 10 000 phones are connected. What would you "
        "ask the person who set the budget?"
    ),
)
