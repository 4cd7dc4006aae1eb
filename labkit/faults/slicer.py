"""A line that cuts what passes into small pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labkit.exceptions import LabError
from labkit.faults.fault import ByteFault, Decision, Live, Random, check_number, check_whole
from labkit.faults.wording import describe_bytes, describe_seconds
from labkit.protocols.stream import StreamEnd


@dataclass(frozen=True, repr=False)
class Slicer(ByteFault):
    """Passes bytes on in small pieces (Toxiproxy: slicer).

    The pieces depend on the bytes' position in the stream, not on how they came.

    Parameters
    ----------
    size
        Bytes in a piece.
    variation
        Bytes by which a piece may be longer or shorter, at random; less than `size`.
    delay
        Seconds from one piece to the next.
    """

    size: int
    variation: int = 0
    delay: float = 0.0

    def __post_init__(self) -> None:
        """Raise LabError unless the values make sense."""
        check_whole("size", self.size, least=1)
        check_whole("variation", self.variation)
        if self.variation >= self.size:
            raise LabError(f"variation must be less than size ({self.size}), not {self.variation}.")
        check_number("delay", self.delay)

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        least, most = self.size - self.variation, self.size + self.variation
        size = f"{least} to {describe_bytes(most)}" if self.variation else describe_bytes(most)
        apart = f", {describe_seconds(self.delay)} apart" if self.delay else ""
        return f"in pieces of {size}{apart}"

    def live(self, random: Random) -> Live:
        """Return a live part that cuts."""
        return _Slicing(self, random)


class _Slicing(Live):
    def __init__(self, fault: Slicer, random: Random) -> None:
        self._fault = fault
        self._random = random
        self._left = self._draw_size()
        self._next = 0.0  # when the next byte may pass

    def _draw_size(self) -> int:
        """Return how long the next piece is."""
        least, choices = self._fault.size - self._fault.variation, 2 * self._fault.variation + 1
        return least + int(self._random() * choices) if choices > 1 else least

    def data(self, data: bytes, now: float, /) -> Sequence[Decision]:
        decisions: list[Decision] = []
        self._next = max(self._next, now)
        at = 0
        while at < len(data):
            piece = data[at : at + self._left]
            decisions.append((self._next, piece))
            at += len(piece)
            self._left -= len(piece)
            if not self._left:
                self._left = self._draw_size()
                self._next += self._fault.delay
        return decisions

    def end(self, end: StreamEnd, now: float, /) -> Sequence[Decision]:
        return ((max(self._next, now), end),)
