"""An event of a history: one thing that one client did, or that happened to its connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

STORE = "store"
"""The name in a history of the store behind a server."""

Kind = Literal["dial", "joined", "leave", "left", "ended", "send", "sent", "failed", "ack", "hear"]
"""What can happen; `Event` says what each kind means."""

Cause = Literal["fault", "client", "server"]
"""Who ended a connection: a fault of the network, the client itself, or the server."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event; it has a place in the log, and no time: clocks are never compared.

    Attributes
    ----------
    kind
        ``dial``: the client begins to connect. ``joined``: it has heard something, which proves
        that the server has it among its own. ``leave`` and ``left``: the client begins to close,
        and the server has noticed. ``ended``: a connection is over. ``send``: the client's call of
        ``say`` begins; ``sent`` or ``failed``: it has returned, or raised. ``ack``: the sender got
        the acknowledgement of a message. ``hear``: the client received a message.
    client
        The name of whom it happened to. A name is an identity: it stays when a client reconnects.
    connection
        On which of the client's connections, counted from 1.
    message
        The id of a message, as ``alice#17``; "" where no message is concerned.
    cause
        Of ``ended``.
    position
        Its index in the log.
    """

    kind: Kind
    client: str
    connection: int
    message: str = ""
    cause: Cause | None = None
    position: int = 0

    def __str__(self) -> str:
        return f"{self.position} {self.client}/{self.connection} {self.words}"

    @property
    def words(self) -> str:
        """What happened, without the client: "says alice#17"."""
        words = "sends {message}" if self._is_from_store else _WORDS[self.kind]
        return words.format(message=self.message, cause=_CAUSES.get(self.cause or "server"))

    @property
    def _is_from_store(self) -> bool:
        return self.client == STORE and self.kind == "send"


_CAUSES = {
    "fault": "cut by a fault",
    "client": "closed by the client",
    "server": "closed by the server",
}

_WORDS: dict[Kind, str] = {
    "dial": "connects",
    "joined": "has joined",
    "leave": "begins to leave",
    "left": "has left",
    "ended": "connection {cause}",
    "send": "says {message}",
    "sent": "has said {message}",
    "failed": "could not say {message}",
    "ack": "gets the acknowledgement of {message}",
    "hear": "hears {message}",
}
