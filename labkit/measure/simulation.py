"""A crowd that loses its server at once and comes back, simulated: for crowds too large to start.

The simulation goes from interval to interval. Clients that have waited as often and dial in the
same interval are alike, so they are counted, not kept one by one; only their jitter is drawn for
each. Nothing here knows of sockets: the server is nothing but so many connections a second.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from labkit.backoff import Backoff
from labkit.exceptions import LabError
from labkit.measure.counts import Counts, describe_backoff

MOST_CLIENTS = 1_000_000

MOST_DRAWN = 2_500_000
"""Waits with jitter that are drawn at most; then a simulation ends early."""


@dataclass(frozen=True)
class Simulation:
    """What a simulated crowd did.

    Attributes
    ----------
    clients, reconnect, away, takes
        As they were given to `simulate`.
    counts
        Attempts and connected clients over time, from the loss of the server on.
    seconds
        How long it took until all were back; None if they were not.
    """

    clients: int
    reconnect: Backoff
    away: float
    takes: float
    counts: Counts
    seconds: float | None

    @property
    def title(self) -> str:
        """What it is of."""
        return f"{self.clients:,} simulated clients"

    @property
    def comes_back(self) -> str:
        """When its clients come back, in words."""
        return describe_backoff(self.reconnect)

    def __repr__(self) -> str:
        back = "not all back" if self.seconds is None else f"all back after {self.seconds:g} s"
        return f"<Simulation: {self.title}, {self.comes_back}; {back}>"


def simulate(
    clients: int = 100_000,
    reconnect: Backoff | None = None,
    *,
    away: float = 5.0,
    takes: float = 10_000.0,
    until: float = 60.0,
    interval: float = 0.1,
    seed: int | str = 0,
) -> Simulation:
    """Simulate a crowd that loses its server at 0 and tries to come back.

    A client that does not wait dials once in each interval. What the server does not take in an
    interval it refuses at once; who has failed more often comes first.

    Parameters
    ----------
    clients
        How many there are, up to a million.
    reconnect
        When they try again; by default `Backoff()`.
    away
        Seconds for which the server is away.
    takes
        Connections that the server takes in a second, once it is back.
    until
        Seconds after which the simulation ends.
    interval
        Seconds of one step.
    seed
        Of the jitter: the same seed gives the same figures.

    Raises
    ------
    LabError
        If a value makes no sense.

    Examples
    --------
    >>> simulate(1000, Backoff(1, factor=1, jitter="none"), away=1.5)
    <Simulation: 1,000 simulated clients, back after 1 s, no jitter; all back after 2.1 s>
    """
    _check(clients, reconnect, away=away, takes=takes, until=until, interval=interval)
    backoff = Backoff() if reconnect is None else reconnect
    steps = math.ceil(until / interval - 1e-9)
    due: list[Counter[int]] = [Counter() for _ in range(steps)]
    waits = _Waits(backoff, interval, Random(f"{seed}"))
    waits.schedule(due, 0, 1, clients)
    attempts: list[int] = []
    connected: list[int] = []
    back = 0
    opens = round(away / interval)
    for step in range(steps):
        room = int((step + 1 - opens) * interval * takes) - int((step - opens) * interval * takes)
        room = room if step >= opens else 0
        attempts.append(due[step].total())
        for number in sorted(due[step], reverse=True):
            dialling = due[step][number]
            taken = min(dialling, room)
            room, back = room - taken, back + taken
            waits.schedule(due, step, number + 1, dialling - taken)
        connected.append(back)
        due[step].clear()
        if back == clients or waits.drawn > MOST_DRAWN:
            break
    counts = Counts(interval, tuple(attempts), tuple(connected), before=clients)
    took = round(len(connected) * interval, 9) if back == clients else None
    return Simulation(clients, backoff, away, takes, counts, took)


class _Drawn(NamedTuple):
    """A source of random numbers that always gives the same one."""

    number: float

    def random(self) -> float:
        return self.number


class _Waits:
    """Sends clients into the intervals in which they dial next."""

    def __init__(self, backoff: Backoff, interval: float, rng: Random) -> None:
        self.drawn = 0
        self._backoff = backoff
        self._interval = interval
        self._random = rng.random

    def schedule(self, due: list[Counter[int]], now: int, attempt: int, clients: int) -> None:
        """Let clients wait that are about to make their n-th attempt in a row."""
        # the wait grows evenly with the number that is drawn, so its ends are enough
        first, last = (
            self._backoff.delay(attempt, _Drawn(number)) / self._interval + 0.5
            for number in (0.0, 1.0)
        )
        soonest = 0 if attempt == 1 else 1  # not in the interval in which they failed
        if max(int(first), soonest) == max(int(last), soonest):
            steps = {int(first): clients}
        else:
            self.drawn += clients
            draw, width = self._random, last - first
            steps = Counter([int(first + width * draw()) for _ in range(clients)])
        for after, number in steps.items():
            step = now + max(after, soonest)
            if number and step < len(due):
                due[step][attempt] += number


def _check(clients: int, reconnect: object, **seconds: float) -> None:
    """Raise LabError for a value that makes no sense."""
    if not isinstance(clients, int) or isinstance(clients, bool) or not 0 < clients <= MOST_CLIENTS:
        raise LabError(f"A simulated crowd has 1 to {MOST_CLIENTS:,} clients, not {clients!r}.")
    if not isinstance(reconnect, Backoff | None):
        raise LabError(
            f"`reconnect` must be a Backoff such as `Backoff(1, cap=5)`, not {reconnect!r}."
        )
    for name, value in seconds.items():
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not (number and math.isfinite(value) and value >= 0 and (value or name == "away")):
            least = "0 or more" if name == "away" else "above 0"
            raise LabError(f"`{name}` must be a number {least}, not {value!r}.")
    if seconds["until"] / seconds["interval"] > MOST_CLIENTS:
        raise LabError(
            f"{seconds['until']:g} s in steps of {seconds['interval']:g} s are too many steps. "
            "Make `interval` longer."
        )
