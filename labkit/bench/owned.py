"""What the bench is given, and what it must know of things that are made above it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from labkit.links import Link
from labkit.transports.contract import Server

Target = Server | Link | str

Announce = Callable[[str], None]
"""Called with a sentence for the learner: what is replaced, or which others can connect."""


class Shown(Protocol):
    """A panel, which follows clients and servers until it is closed."""

    def close(self) -> None:
        """Stop following."""


class Crowd(Protocol):
    """Many clients in a process of their own, which dial one link."""

    link: Link
    running: bool

    async def start(self) -> None:
        """Start, and connect."""

    async def stop(self) -> None:
        """End, and close the link if it is its own."""


AnyCrowd = TypeVar("AnyCrowd", bound=Crowd)
