"""A long line: everything arrives later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from labkit.faults.fault import ByteFault, Decision, Live, Random, check_number
from labkit.faults.wording import describe_seconds
from labkit.protocols.stream import Item


@dataclass(frozen=True, repr=False)
class Latency(ByteFault):
    """Delays everything, FIN and RST too (Toxiproxy: latency). The order is kept.

    Parameters
    ----------
    seconds
        How long each chunk of bytes is on its way.
    jitter
        Seconds by which that may be longer or shorter, at random for each chunk.
    """

    seconds: float
    jitter: float = 0.0
    hold_limit: ClassVar[int] = 2**20

    def __post_init__(self) -> None:
        """Raise LabError unless the values make sense."""
        check_number("seconds", self.seconds)
        check_number("jitter", self.jitter)

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        jitter = f" ± {describe_seconds(self.jitter)}" if self.jitter else ""
        return f"{describe_seconds(self.seconds)}{jitter} later"

    def live(self, random: Random) -> Live:
        """Return a live part that lets everything pass later."""
        return _Late(self, random)


class _Late(Live):
    def __init__(self, fault: Latency, random: Random) -> None:
        self._fault = fault
        self._random = random

    def data(self, item: Item, now: float, /) -> Sequence[Decision]:
        delay = self._fault.seconds
        if self._fault.jitter:
            delay += self._fault.jitter * (2 * self._random() - 1)
        return ((now + max(0.0, delay), item),)

    end = data
