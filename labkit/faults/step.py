"""A step of a schedule: a fault, and when it comes and goes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from labkit.exceptions import LabError
from labkit.faults.fault import Fault, check_number, check_whole
from labkit.faults.scope import Scope, Where, check_direction, check_fault


@dataclass(frozen=True)
class AtMessage:
    """When the n-th message enters a link: it is the first that meets what is added then.

    Messages are those that an application sent, as ``Drop(nth=...)`` counts them, on all
    connections together. They count whatever a fault makes of them. On polling, all messages of a
    request or response meet what is added at one of them.

    Attributes
    ----------
    message
        Which one after the start of the schedule, from 1.
    direction
        In which direction messages count; "both" counts both together.
    """

    message: int
    direction: Where = "both"

    def __post_init__(self) -> None:
        """Raise LabError unless the values make sense."""
        check_whole("message", self.message, least=1)
        check_direction(self.direction)

    def __str__(self) -> str:
        where = "" if self.direction == "both" else f" {self.direction}"
        return f"at message {self.message}{where}"


@dataclass(frozen=True)
class Step:
    """A fault that is added at a time or at a message, and may be removed later.

    Attributes
    ----------
    at
        Seconds after the start of the schedule, by the lab's clock; or an `AtMessage`.
    fault
        What is added then.
    seconds
        For how long it acts; None until the schedule is stopped, or all faults are removed.
    direction, probability, seed, first
        As for `Link.add`. Without a seed, chance goes by the seed of the schedule.
    """

    at: float | AtMessage
    fault: Fault
    seconds: float | None = None
    direction: Where = "both"
    probability: float = 1.0
    seed: int | str | None = None
    first: int | None = None

    def __post_init__(self) -> None:
        """Raise LabError unless the values make sense."""
        if not isinstance(self.at, AtMessage):
            check_number("at", self.at)
        if self.seconds is not None:
            begin = 0 if isinstance(self.at, AtMessage) else self.at
            check_number("seconds", self.seconds, above=True)
            if self.until(begin) <= begin:
                raise LabError(f"seconds must be more than a billionth, not {self.seconds!r}.")
        check_fault(self.fault, self.scope)

    @property
    def scope(self) -> Scope:
        """Where the fault acts, and on how many."""
        return Scope(self.direction, self.probability, self.seed, self.first)

    def until(self, begin: float) -> float:
        """Return when a fault that comes at `begin` goes, `math.inf` for never.

        0.1 s and 0.2 s are 0.3 s.
        """
        return math.inf if self.seconds is None else round(begin + self.seconds, 9)

    @property
    def when(self) -> str:
        """At which time or message it comes, in words."""
        return str(self.at) if isinstance(self.at, AtMessage) else f"at {self.at:g} s"
