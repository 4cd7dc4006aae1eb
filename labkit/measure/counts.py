"""What a crowd did over time, counted in equal intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Literal, NamedTuple

from labkit.backoff import Backoff

INTERVALS = 60
"""Intervals into which a time is divided, about."""

Kind = Literal["attempt", "connected", "failed", "lost"]


class Event(NamedTuple):
    """Something that happened to a client of a crowd.

    Attributes
    ----------
    seconds
        When, since the crowd's first attempt, by the monotonic clock.
    client
        The client's number, from 0.
    kind
        "attempt" (it dials), which ends as "connected" or as "failed"; or "lost" (the connection
        ended).
    why
        Why an attempt failed, otherwise "".
    """

    seconds: float
    client: int
    kind: Kind
    why: str = ""


@dataclass(frozen=True)
class Counts:
    """Attempts and connected clients, interval by interval.

    Attributes
    ----------
    interval
        Seconds of each interval.
    attempts
        How many connection attempts began in each.
    connected
        How many clients were connected at the end of each.
    before
        How many were connected at the beginning.
    """

    interval: float
    attempts: tuple[int, ...]
    connected: tuple[int, ...]
    before: int = 0

    @property
    def most_attempts(self) -> int:
        """The attempts in the busiest interval."""
        return max(self.attempts, default=0)


def count_events(
    events: Sequence[Event], interval: float | None = None, *, since_loss: bool = False
) -> Counts:
    """Return the counts of events, which are in the order of their times.

    Parameters
    ----------
    events
        What happened.
    interval
        Seconds of each interval; by default a round number of which the time has about 60.
    since_loss
        Whether the first interval begins with the first connection that was lost; what was before
        is left out, and without a loss that is everything.

    Examples
    --------
    >>> events = [Event(0.0, 0, "attempt"), Event(0.02, 0, "connected"), Event(0.31, 0, "lost")]
    >>> count_events(events, 0.1)
    Counts(interval=0.1, attempts=(1, 0, 0, 0), connected=(1, 1, 1, 0), before=0)
    """
    first = _first_loss(events) if since_loss else 0
    before = sum(map(_change, events[:first]))
    events = events[first:]
    begin = events[0].seconds if since_loss and events else 0.0
    seconds = events[-1].seconds - begin if events else 0.0
    interval = interval or _round_interval(seconds)
    number = int(seconds / interval) + 1 if events else 0
    attempts, changes = [0] * number, [0] * number
    for event in events:
        index = int((event.seconds - begin) / interval)
        attempts[index] += event.kind == "attempt"
        changes[index] += _change(event)
    connected = tuple(accumulate(changes, initial=before))[1:]
    return Counts(interval, tuple(attempts), connected, before)


def _first_loss(events: Sequence[Event]) -> int:
    losses = (number for number, event in enumerate(events) if event.kind == "lost")
    return next(losses, len(events))


def _change(event: Event) -> int:
    """Return by how much an event changes the number of connected clients."""
    return (event.kind == "connected") - (event.kind == "lost")


def _round_interval(seconds: float) -> float:
    rough = max(seconds / INTERVALS, 0.005)
    power = math.floor(math.log10(rough) + 1e-9)
    step = next(each for each in (1, 2, 5, 10) if each * 10.0**power >= rough * (1 - 1e-9))
    return round(step * 10.0**power, -power)


def describe_backoff(backoff: Backoff | None) -> str:
    """Return in words when clients come back: the first waits without jitter, and the longest.

    Examples
    --------
    >>> describe_backoff(Backoff(0.5, factor=2, cap=4))
    'back after 0.5, 1, 2 … 4 s, full jitter'
    >>> describe_backoff(Backoff(1, factor=1, cap=1, jitter="none"))
    'back after 1 s, no jitter'
    """
    if backoff is None:
        return "not coming back"
    if not backoff.first:
        return "back without a wait"
    even = replace(backoff, jitter="none")
    waits = dict.fromkeys(even.delay(attempt) for attempt in (1, 2, 3))
    shown = ", ".join(f"{wait:g}" for wait in waits if wait < backoff.cap)
    grows = f" … {backoff.cap:g}" if backoff.factor > 1 and shown else ""
    jitter = "no" if backoff.jitter == "none" else backoff.jitter
    return f"back after {shown or f'{backoff.first:g}'}{grows} s, {jitter} jitter"
