"""The finished raw chat: the usual first program, which the course takes apart.

It greets each new connection, and relays each message to all other connections, not to its sender.
"""

from __future__ import annotations

from collections.abc import Callable

from websockets.asyncio.server import ServerConnection, broadcast

from labkit.transports.contract import Message
from labkit.transports.rate_limit import RateLimit
from labkit.transports.welcome import welcome


class Chat:
    """A chat with one room.

    Parameters
    ----------
    on_message
        Called with the sender's connection and each message that is passed on.
    on_refused
        Called with the sender's connection for each message that is not passed on.
    limit
        Limits the rate of each connection.
    """

    def __init__(
        self,
        on_message: Callable[[ServerConnection, Message], None],
        on_refused: Callable[[ServerConnection], None],
        limit: RateLimit,
    ) -> None:
        self._on_message = on_message
        self._on_refused = on_refused
        self._limit = limit
        self._people: set[ServerConnection] = set()

    async def __call__(self, connection: ServerConnection) -> None:
        """Serve one connection until it ends."""
        self._people.add(connection)
        try:
            await connection.send(welcome(len(self._people)))
            async for message in connection:
                refused = self._limit.count_refused(connection)
                if refused:
                    self._on_refused(connection)
                    if refused == 1:
                        await connection.send(f"Not passed on: {self._limit.words}.")
                    continue
                self._on_message(connection, message)
                # `broadcast` does not wait, so a slow reader does not delay the others
                broadcast(self._people - {connection}, message)
        finally:
            self._people.discard(connection)
