"""What a fault is: plain values, and live parts that decide what becomes of what passes.

A fault is a frozen dataclass of the values that a learner gives, so it can be compared, printed and
stored. For each direction of each connection on which it acts, it makes a live part. That is pure:
it gets bytes and ends with the time, and answers with decisions, what passes and when. It does no
I/O, has no event loop and no clock; its seconds are those of the lab's clock. So a fault is tested
without sockets and without waiting. `labkit/links/fault_stage.py` carries the decisions out.

Toxiproxy calls a fault a *toxic*. `no_op.py` is the smallest one; CONTRIBUTING.md says how to add
another. What views say of a fault, it says itself: `word` and `effect`.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, ClassVar

from labkit.exceptions import LabError
from labkit.protocols.http_parts import HttpPart
from labkit.protocols.polled import PolledBody
from labkit.protocols.stream import Item, StreamEnd
from labkit.protocols.units import Unit

HOLD_LIMIT = 64 * 1024
"""Bytes that a fault may hold in each direction of a connection before the link stops reading."""

MAX_NUMBER = 1e12
"""The largest number of seconds or bytes that a fault takes."""


class Act(Enum):
    """What a fault does to a whole connection at once, ahead of everything that is held."""

    CUT = "cut"
    RESET = "reset"


class Wake(Enum):
    """That a live part is to be asked again at a time, whatever has passed by then."""

    WAKE = "wake"


WAKE = Wake.WAKE

Decision = tuple[float, Item | Unit | PolledBody | HttpPart | Act | Wake]
"""When something happens, in seconds of the lab's clock, and what: an item passes, an act, or
`Live.wake` is asked; a live part has one such time, the one that it named last.

Items pass in the order in which they were decided; none passes before an earlier one. What is due
at `math.inf` is held until the fault is removed.
"""

Random = Callable[[], float]
"""Returns the next random number from 0 to 1."""


class Live:
    """The live part of a fault, for one direction of one connection; this one changes nothing."""

    @property
    def kept(self) -> int:
        """Bytes that it keeps for itself, without a decision."""
        return 0

    def begin(self, now: float) -> Sequence[Decision]:
        """Decide what happens without anything passing: the fault begins to act."""
        return ()

    def data(self, data: bytes, now: float, /) -> Sequence[Decision]:
        """Decide what becomes of some bytes, which may end anywhere."""
        return ((now, data),)

    def passes(self, unit: Unit, /) -> bool:
        """Return whether a message passes at once as it is; `unit` is asked about others only."""
        return False

    def unit(self, unit: Unit, now: float, /) -> Sequence[Decision]:
        """Decide what becomes of a message: only `message_fault.py`'s get them, instead of bytes.

        The bytes that they get belong to no message, or to one that has begun to pass.
        """
        return ((now, unit),)

    def body(self, body: PolledBody, now: float, /) -> Sequence[Decision]:
        """Decide what becomes of a request or response of polling, and of the messages in it."""
        return ((now, body),)

    def part(self, part: HttpPart, now: float, /) -> Sequence[Decision]:
        """Decide what becomes of a part of an HTTP message: only `http_fault.py`'s get them."""
        return ((now, part),)

    def wake(self, now: float, /) -> Sequence[Decision]:
        """Decide what happens now that a time has come for which it has asked."""
        return ()

    def end(self, end: StreamEnd, now: float, /) -> Sequence[Decision]:
        """Decide what becomes of the FIN or RST behind them."""
        return ((now, end),)

    def finish(self, now: float, /) -> Sequence[Decision]:
        """Decide what becomes of what it keeps: it acts no more."""
        return ()


@dataclass(frozen=True, repr=False)
class Fault:
    """Something that damages what passes through a link; subclasses say what.

    Attributes
    ----------
    hold_limit
        Bytes that may wait in each direction of a connection.
    """

    hold_limit: ClassVar[int] = HOLD_LIMIT

    @property
    def word(self) -> str:
        """What the field calls it, such as "black hole"."""
        return re.sub(r"\B(?=[A-Z])", " ", type(self).__name__).lower()

    @property
    def effect(self) -> str:
        """What it does, in words and numbers; this one names its values."""
        return ", ".join(f"{each.name} {getattr(self, each.name)}" for each in fields(self))

    @property
    def summary(self) -> str:
        """Its word alone, if it says all; with the effect, if that depends on a value."""
        return f"{self.word}: {self.effect}" if self._given else self.word

    def describe_wait(self, seconds: float) -> str:
        """Say how long the last of what it holds will wait; `math.inf` for as long as it acts."""
        if math.isinf(seconds):
            return "until it is removed"
        return f"up to {math.ceil(seconds * 10) / 10:g} s"

    def __repr__(self) -> str:
        """Return the call that makes it, without what has its default value."""
        first = [each.name for each in fields(self) if not each.kw_only][:1]
        texts = [
            f"{value!r}" if name in first else f"{name}={value!r}"
            for name, value in self._given.items()
        ]
        return f"{type(self).__name__}({', '.join(texts)})"

    @property
    def _given(self) -> dict[str, Any]:
        """The values that are not the default ones, by name."""
        ordered = sorted(fields(self), key=lambda each: bool(each.kw_only))
        values = [(each.name, getattr(self, each.name), each.default) for each in ordered]
        return {name: value for name, value, default in values if value != default}


class ByteFault(Fault, ABC):
    """A fault that acts on bytes, whatever they mean."""

    @abstractmethod
    def live(self, random: Random) -> Live:
        """Return a live part for one direction of a connection."""


def make_close(fault: Fault) -> StreamEnd:
    """Return an end that passes behind the bytes before it, and then closes both sides."""
    return StreamEnd(f"closed: {fault!r}")


def check_number(
    name: str, value: object, *, above: bool = False, most: float = MAX_NUMBER
) -> None:
    """Raise LabError unless `value` is a number from 0 (or above it) to `most`."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        is_large_enough = value > 0 if above else value >= 0
        if is_large_enough and value <= most:
            return
    span = f"above 0, at most {most:g}" if above else f"from 0 to {most:g}"
    raise LabError(f"{name} must be a number {span}, not {value!r}.")


def check_whole(name: str, value: object, *, least: int = 0) -> None:
    """Raise LabError unless `value` is an int of at least `least`, and not absurdly large."""
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= MAX_NUMBER:
        return
    raise LabError(f"{name} must be a whole number from {least} to {MAX_NUMBER:g}, not {value!r}.")
