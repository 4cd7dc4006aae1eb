"""What a server knows of one client, whose requests come over any connections.

There are two lives: who is *here*, which its connection says, and what is *remembered* a while
longer, so that a client that comes back is known: how many messages it has posted, and that it has
left for good.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from labkit.clock import clock
from labkit.transports.contract import Connection
from labkit.transports.http.chat.server.listener import Listener
from labkit.transports.settings import ABSENCE, POLL_INTERVAL, REMEMBERED

MAX_PRIVATE = 8
"""Private messages that wait for a client; they are not in the history."""


@dataclass(eq=False)
class ChatConnection(Connection):
    """A client that is here; `raw` is its id, and `way` how its messages travel now."""

    way: str = ""

    @property
    def transport(self) -> str:
        """How messages travel now."""
        return self.way


class Session:
    """One client.

    Parameters
    ----------
    client
        Its id.

    Attributes
    ----------
    posted
        The highest number of its own messages, by which a repeated one is recognized.
    connection
        Its connection while it is here, otherwise None.
    listener
        Its request that listens now, otherwise None.
    private
        Messages for this client alone, which wait for its next request.
    is_gone
        Why its requests are refused, "" if they are not.
    """

    def __init__(self, client: str) -> None:
        self.client = client
        self.posted = 0
        self.connection: ChatConnection | None = None
        self.listener: Listener | None = None
        self.private = deque[str](maxlen=MAX_PRIVATE)
        self.is_gone = ""
        self._seen = self._answered = _now()
        self._gap = 0.0

    def on_request(self) -> None:
        """Remember that the client was seen now."""
        self._seen = _now()

    def on_listening(self) -> None:
        """Remember how long the client waited before it asked again, which is its interval."""
        self._seen = _now()
        self._gap = self._seen - self._answered

    def on_answered(self) -> None:
        """Remember when its last request for messages ended."""
        self._seen = self._answered = _now()

    def is_absent(self) -> bool:
        """Return whether a client that asks again and again has stopped doing so."""
        interval = max(clock.seconds(POLL_INTERVAL), self._gap)
        return self.listener is None and _now() - self._seen > ABSENCE * interval

    def is_forgotten(self) -> bool:
        """Return whether a client has been away for so long that nothing is remembered."""
        return self.connection is None and _now() - self._seen > clock.seconds(REMEMBERED)


def _now() -> float:
    return asyncio.get_running_loop().time()
