"""Where the arrows of a ladder begin and end: by the rank of what happened, not by the time.

Each row is one step below the last one, so a picture of the same events is the same in each run.
What a fault held up left the link later than it entered: its arrow ends at a step of its own, below
whatever entered before it left.
"""

from __future__ import annotations

from bisect import bisect, bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from labkit.views.ladder.arrow import Arrow

LATE = 0.002
"""Seconds that a row must have been in the link to end at a step of its own, unless another row
entered in between. Those that leave within them share a step."""


@dataclass
class Placed:
    """An arrow, and its steps.

    Attributes
    ----------
    arrow
        The arrow.
    tail
        Step at which it entered the link.
    head
        Step at which it left; None if that is the same one, or if it has not left.
    overtaken
        How many messages entered the link before it left.
    """

    arrow: Arrow
    tail: int = 0
    head: int | None = None
    overtaken: int = 0

    def __str__(self) -> str:
        if not self.overtaken:
            return str(self.arrow)
        later = f"{self.overtaken} later message{'s' if self.overtaken > 1 else ''}"
        return f"{self.arrow} (held up: {later} entered before it left)"


def place(arrows: Sequence[Arrow]) -> tuple[list[Placed], int]:
    """Return arrows, which are in the order in which they entered, and the number of steps."""
    placed = [Placed(arrow) for arrow in arrows]
    times = [arrow.row.time for arrow in arrows]
    late = sorted((each for each in placed if _is_late(each.arrow, times)), key=_left)
    step, entered = 0, 0
    share: float | None = None  # the time of the last step, if something left there
    while entered < len(placed) or late:
        if late and (entered == len(placed) or _left(late[0]) < placed[entered].arrow.row.time):
            each = late.pop(0)
            if share is None or _left(each) - share > LATE:
                share = _left(each)
                step += 1
            each.head = step - 1
            later = (other for other in placed[:entered] if other.tail > each.tail)
            each.overtaken = sum(not other.arrow.row.is_fact for other in later)
        else:
            placed[entered].tail = step
            entered, step, share = entered + 1, step + 1, None
    return placed, step


def _is_late(arrow: Arrow, times: Sequence[float]) -> bool:
    if arrow.left is None:
        return False
    entered = arrow.row.time
    return arrow.left - entered > LATE or bisect_left(times, arrow.left) > bisect(times, entered)


def _left(placed: Placed) -> float:
    assert placed.arrow.left is not None
    return placed.arrow.left
