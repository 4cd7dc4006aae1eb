"""What passes from the view of a crowd to its page; `messages.js` has the same types."""

from __future__ import annotations

from typing import TypedDict


class CrowdSnapshot(TypedDict):
    """What the view of a crowd shows: its chart, as SVG."""

    svg: str
