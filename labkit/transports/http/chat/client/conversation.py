"""What a client knows of its chat, whatever the way: who it is, how far it has read, what it said.

It can be handed from one way to listen to another: that is how a fallback loses nothing.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from labkit.transports.contract import Message
from labkit.transports.http.chat.client.failed_request import Failed
from labkit.transports.http.chat.client.histories import Histories
from labkit.transports.http.chat.cursor import Cursor, parse_cursor
from labkit.transports.http.chat.envelope import decode_message


class Conversation:
    """One client's side of a chat.

    Parameters
    ----------
    on_message
        Called with each message that was not heard before.
    on_lost
        Called when messages are missing, with their number at most, None if nobody knows it.

    Attributes
    ----------
    client
        Its id, by which the server knows it. It is a secret: whoever knows it can speak for it.
    cursor
        How far it has read, None before the first answer.
    """

    def __init__(
        self,
        on_message: Callable[[Message], None],
        on_lost: Callable[[int | None], None],
    ) -> None:
        self.client = secrets.token_hex(8)
        self.cursor: Cursor | None = None
        self._on_message = on_message
        self._on_lost = on_lost
        self._histories = Histories()

    @property
    def query(self) -> dict[str, object]:
        """What each request for messages says: who asks, and how far it has read."""
        after = {} if self.cursor is None else {"after": self.cursor}
        return {"client": self.client, **after}

    def take(self, envelope: Mapping[str, Any], number: str | None = None) -> None:
        """Take a message, unless it was heard before: then it has come twice.

        Parameters
        ----------
        envelope
            The message as the server sent it.
        number
            Its id, if it does not carry it itself. One without is for this client alone.

        Raises
        ------
        Failed
            If it cannot be read, or requests reach servers that do not know each other.
        """
        try:
            message = decode_message(envelope)
            cursor = envelope.get("id", number)
            if cursor is not None and not self._advance(parse_cursor(cursor)):
                return
        except (ValueError, TypeError, AttributeError) as error:
            raise Failed("transport error", f"the server sent no message: {error}") from None
        self._on_message(message)

    def move(self, text: str) -> None:
        """Move the cursor: nothing up to there is new. Raises Failed as `take` does."""
        try:
            self._advance(parse_cursor(text))
        except (ValueError, TypeError) as error:
            raise Failed("transport error", f"the server sent no cursor: {error}") from None

    def lose(self, count: int | None) -> None:
        """Take note of a gap: of how many messages at most, None if nobody knows it.

        Raises
        ------
        Failed
            If it is no number.
        """
        if count is not None and (not isinstance(count, int) or isinstance(count, bool)):
            raise Failed("transport error", "the server sent no number of lost messages")
        self._on_lost(count)

    def _advance(self, cursor: Cursor) -> bool:
        """Move the cursor, and return whether it was behind.

        A server that has started again has another epoch, and so has another server; between
        servers that do not know each other, asking on would be in vain, and for ever.
        """
        known, self.cursor = self.cursor, cursor
        if known is None:
            return True
        if known.epoch == cursor.epoch:
            self.cursor = max(known, cursor)
            return known.number < cursor.number
        now = asyncio.get_running_loop().time()
        if not self._histories.may_follow(known.epoch, cursor.epoch, now):
            raise Failed(
                "transport error", "requests reach servers that do not know each other's messages"
            )
        return True
