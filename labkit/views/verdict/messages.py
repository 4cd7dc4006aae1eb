"""What passes from the view of a hearing to its page; `messages.js` has the same types."""

from __future__ import annotations

from typing import TypedDict


class HearingSnapshot(TypedDict):
    """What the view of a hearing shows.

    How many repeats were measured, of how many; and in words which experiments are measured now,
    or that it is over.
    """

    done: int
    wanted: int
    said: str
    over: bool
