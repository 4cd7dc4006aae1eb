"""How long a connection lasts, for the tasks that are made on its behalf.

A handler may make tasks, such as a writer for its connection. A context variable says whose they
are: asyncio hands it on to each task and callback that a handler makes.
"""

from __future__ import annotations

from contextvars import ContextVar


class Lifetime:
    """The time in which a connection is open, or a request is being answered.

    It refers to nothing: what a handler began may keep its context, and so this, for ever.

    Attributes
    ----------
    is_over
        Whether it has ended.
    """

    __slots__ = ("is_over",)

    def __init__(self) -> None:
        self.is_over = False


current_lifetime: ContextVar[Lifetime | None] = ContextVar("labkit_lifetime", default=None)
"""That of the connection whose handler runs, also in tasks that it made; None elsewhere."""
