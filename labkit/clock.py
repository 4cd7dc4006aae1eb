"""The lab's clock: one scale for every wait and heartbeat.

Times are seconds (float). A scale of 0.1 makes everything ten times shorter than the lesson's text
says; a scale of 2 gives a slow machine twice the time. The scale comes from the environment
variable `LABKIT_TIMESCALE`, and ``lab.fresh(timescale=...)`` sets it.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator

from labkit.exceptions import LabError

TIMESCALE_VARIABLE = "LABKIT_TIMESCALE"

SCALE_LIMITS = (0.001, 1000.0)
"""The smallest and the largest time scale; outside, waits and heartbeats make no sense."""


def _checked(value: str | float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    least, most = SCALE_LIMITS
    if not least <= number <= most:
        raise LabError(
            f"{value!r} is not a valid time scale: it multiplies every wait. "
            f"Give a number from {least:g} to {most:g}, for example 0.5 "
            f"(or unset {TIMESCALE_VARIABLE})."
        )
    return number


def is_duration(value: object) -> bool:
    """Return whether a value is a finite number, 0 or more."""
    number = math.nan
    if not isinstance(value, (bool, str, bytes)):
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            number = float(value)  # type: ignore[arg-type]
    return math.isfinite(number) and number >= 0


def check_wait(within: object) -> None:
    """Raise LabError unless `within` is a finite number of seconds, 0 or more."""
    if not is_duration(within):
        raise LabError(
            f"`within` must be a number of seconds such as 2.0, not {within!r}, because every wait "
            "must end."
        )


class Clock:
    """A clock with a time scale.

    Parameters
    ----------
    scale
        Factor on every duration. None reads `LABKIT_TIMESCALE` at the first wait, or uses 1.

    Raises
    ------
    LabError
        If `scale` is not a number within `SCALE_LIMITS`.
    """

    def __init__(self, scale: str | float | None = None) -> None:
        self._scale = None if scale is None else _checked(scale)

    @property
    def scale(self) -> float:
        """The factor on every duration. Raises LabError if the environment's is not valid."""
        if self._scale is None:
            # set but empty counts as unset
            self._scale = _checked(os.environ.get(TIMESCALE_VARIABLE) or 1.0)
        return self._scale

    def set(self, scale: float | None) -> None:
        """Set the scale; None restores the environment's, or 1."""
        self._scale = Clock(scale).scale

    @contextlib.contextmanager
    def faster(self, times: float) -> Iterator[None]:
        """Run so many times as fast, until the block ends.

        It begins at the pace of a page, or at a slower one that was set: waits that a scale below 1
        has shortened are not shortened again.
        """
        former = self.scale
        self.set(max(former, 1.0) / times)
        try:
            yield
        finally:
            self.set(former)

    def seconds(self, duration: float) -> float:
        """Return `duration` in seconds, scaled.

        Examples
        --------
        >>> Clock(0.5).seconds(20)
        10.0
        """
        return duration * self.scale


clock = Clock()
