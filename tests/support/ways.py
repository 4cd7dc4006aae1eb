"""A way to listen that does what a test says, without a server."""

from __future__ import annotations

import asyncio

from labkit.transports.contract import Message
from labkit.transports.http.chat.client.client_requests import Requests
from labkit.transports.http.chat.client.conversation import Conversation
from labkit.transports.http.chat.client.failed_request import Failed
from labkit.transports.http.chat.client.way import Way

BROKEN = Failed("transport error", "it broke")


class FakeWay(Way):
    """A way that is open or not, carries posts or not, and breaks when it is told to.

    Attributes
    ----------
    hears, carries
        Whether something comes down at once, and whether what goes up is answered. A Failed is what
        it fails with instead.
    posted
        What was posted.
    listens
        Whether it listens now.
    """

    def __init__(self, requests: Requests, conversation: Conversation) -> None:
        super().__init__(requests, conversation)
        self.hears: bool | Failed = True
        self.carries: bool | Failed = True
        self.posted: list[tuple[int, Message]] = []
        self.listens = False
        self.left = 0
        self._end: asyncio.Future[None] | None = None

    async def listen(self) -> None:
        """Listen until `fail`."""
        if isinstance(self.hears, Failed):
            raise self.hears
        if self.hears:
            self.on_answer()
        self._end = asyncio.get_running_loop().create_future()
        self.listens = True
        try:
            await self._end
        finally:
            self.listens = False

    def fail(self, error: Exception = BROKEN) -> None:
        """Let it break."""
        assert self._end is not None
        self._end.set_exception(error)

    async def post(self, number: int, message: Message) -> None:
        """Post, fail, or wait for ever."""
        if isinstance(self.carries, Failed):
            raise self.carries
        if not self.carries:
            await asyncio.get_running_loop().create_future()
        self.posted.append((number, message))

    async def leave(self) -> None:
        """Count."""
        self.left += 1


def conversation() -> Conversation:
    """Return a conversation of which nobody wants to know."""
    return Conversation(lambda message: None, lambda count: None)
