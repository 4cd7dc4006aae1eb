"""What passes from the view of deliveries to its page; `messages.js` has the same types."""

from __future__ import annotations

from typing import TypedDict


class DeliverySnapshot(TypedDict):
    """What the view of deliveries shows.

    What is counted, and the numbers of messages so far; None where one is not known yet. What is
    said of them, and, if a promise was broken, the smallest part that proves it, as SVG and as
    text.
    """

    counted: str
    messages: int
    lost: int | None
    duplicated: int | None
    reordered: int | None
    said: str
    svg: str
    part: str
