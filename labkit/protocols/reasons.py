"""Reasons for which a Socket.IO connection or a chat over HTTP ends, and what they mean.

Socket.IO hides close codes; each side gets one of a few words instead. Sources: python-engineio's
`Server.reason` and `Client.reason`; https://socket.io/docs/v4/server-socket-instance/#disconnect
for JavaScript, which says "io server disconnect" where Python says "server disconnect". The chats
over HTTP and the chain have none of their own, so labkit uses the same words for them.
"""

from __future__ import annotations

MEANINGS = {
    "client disconnect": "the client disconnected",
    "server disconnect": "the server ended it, and said so",
    "transport close": "the connection ended without a disconnect packet",
    "transport error": "the connection broke, or ended without a disconnect packet",
    "ping timeout": "a heartbeat stayed unanswered",
}

OVER_HTTP = MEANINGS | {
    "transport close": "the server closed the connection",
    "transport error": "the connection broke, or something else answered",
    "ping timeout": "no answer came in time",
}


class Reason(str):
    """A reason that says what it means.

    Examples
    --------
    >>> Reason("ping timeout")
    'ping timeout' (a heartbeat stayed unanswered)
    >>> Reason("ping timeout") == "ping timeout"
    True
    """

    _meanings = MEANINGS

    @property
    def meaning(self) -> str:
        """What the reason means, in a few words."""
        return self._meanings.get(self, "a reason of the other side's own")

    def __repr__(self) -> str:
        return f"{str(self)!r} ({self.meaning})"


class HttpReason(Reason):
    """A reason for which a chat over HTTP or a chain ends: neither sends disconnect packets."""

    _meanings = OVER_HTTP
