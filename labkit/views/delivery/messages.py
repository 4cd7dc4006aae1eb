"""What passes from the view of deliveries to its page; `messages.js` has the same types."""

from __future__ import annotations

from typing import TypedDict


class DeliverySnapshot(TypedDict):
    """What the view of deliveries shows.

    The numbers so far; None where one is not known yet. What is said of them, and, if a promise was
    broken, the smallest part that proves it, as SVG and as text.
    """

    delivered: int
    lost: int | None
    duplicated: int
    said: str
    svg: str
    part: str
