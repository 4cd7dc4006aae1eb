"""What a client says, one message after the other, each posted until it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from labkit.backoff import Backoff
from labkit.clock import clock
from labkit.observable import Observable
from labkit.protocols.states import State
from labkit.transports.contract import Message
from labkit.transports.http.chat.client.failed_request import Failed
from labkit.transports.settings import GIVE_UP


class Posts:
    """The posts of one client.

    Parameters
    ----------
    post
        Posts a message under its number. Raises Failed.
    changes
        Notified when the client's state changes.
    backoff
        How long to wait before a message is posted again.
    find_state
        Returns the client's state: nothing is posted again by a closed one.
    """

    def __init__(
        self,
        post: Callable[[int, Message], Awaitable[None]],
        changes: Observable,
        backoff: Backoff,
        find_state: Callable[[], State],
    ) -> None:
        self._post = post
        self._changes = changes
        self._backoff = backoff
        self._find_state = find_state
        self._turn = asyncio.Lock()
        self._count = 0

    def _is_over(self) -> bool:
        return self._find_state() in ("closed", "closing")

    async def post(self, message: Message) -> None:
        """Post a message after those before, until it is answered, for at most 15 s (scaled).

        It keeps its number, by which the server recognizes a message that has arrived already. The
        server knows the highest number alone, so a message waits until those before it are done.

        Raises
        ------
        Failed
            If it was refused, was not answered in time, or the client is closed.
        """
        async with self._turn:
            self._count += 1
            number, attempt = self._count, 0
            loop = asyncio.get_running_loop()
            deadline = loop.time() + clock.seconds(GIVE_UP)
            while True:
                if self._is_over():
                    raise Failed("client disconnect", "the client is closed")
                attempt += 1
                try:
                    await self._post(number, message)
                except Failed as failure:
                    if failure.is_final or loop.time() > deadline:
                        raise
                else:
                    return
                await self._changes.until(self._is_over, self._backoff.delay(attempt))
