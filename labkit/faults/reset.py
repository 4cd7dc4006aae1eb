"""A connection that is reset as soon as something is sent over it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from labkit.faults.fault import Act, ByteFault, Decision, Live, Random, check_number
from labkit.faults.wording import describe_seconds


@dataclass(frozen=True, repr=False)
class Reset(ByteFault):
    """Resets the connection when bytes come; these do not pass (Toxiproxy: reset_peer).

    Parameters
    ----------
    after
        Seconds between the first bytes and the reset.
    """

    after: float = 0.0

    def __post_init__(self) -> None:
        """Raise LabError unless the seconds are a number, 0 or more."""
        check_number("after", self.after)

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        when = f"{describe_seconds(self.after)} after" if self.after else "at"
        return f"reset {when} the next bytes"

    def live(self, random: Random) -> Live:
        """Return a live part that waits for bytes."""
        return _Resetting(self.after)


class _Resetting(Live):
    def __init__(self, after: float) -> None:
        self._after = after
        self._has_begun = False

    def data(self, data: bytes, now: float, /) -> Sequence[Decision]:
        held = (math.inf, data)
        if self._has_begun:
            return (held,)
        self._has_begun = True
        return (held, (now + self._after, Act.RESET))
