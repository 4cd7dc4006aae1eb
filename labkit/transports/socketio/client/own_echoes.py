"""Which messages that come are echoes of one's own; `page/own_echoes.js` does so for the page.

The server of the course sends a message to its sender, too; others skip the sender. Nothing in an
echo says that it is one. But a server that echoes does so before it acknowledges, on the same
connection, where order is kept: what has the event and the arguments of a message that is not
acknowledged yet is its echo, and after the acknowledgement no echo of it is expected.
"""

from __future__ import annotations

from typing import Any

from labkit.protocols.socketio import EventMessage
from labkit.transports.settings import CHAT_MESSAGE


class OwnEchoes:
    """The messages of one client whose echoes may come."""

    def __init__(self) -> None:
        self._expected: dict[int, tuple[str, tuple[Any, ...]]] = {}

    def expect(self, number: int, event: str, arguments: tuple[Any, ...]) -> None:
        """Expect the echo of a message, by its number in the transcript."""
        self._expected[number] = event, arguments

    def forget(self, number: int) -> None:
        """Expect the echo of a message no longer."""
        self._expected.pop(number, None)

    def clear(self) -> None:
        """Expect no echoes, since the connection ended."""
        self._expected.clear()

    def take(self, message: str | bytes) -> bool:
        """Return whether a message is an echo, which is then no longer expected."""
        came: tuple[str, tuple[Any, ...]] = CHAT_MESSAGE, (message,)
        if isinstance(message, EventMessage):
            came = message.event, message.arguments
        for number, expected in self._expected.items():
            if expected == came:
                del self._expected[number]
                return True
        return False
