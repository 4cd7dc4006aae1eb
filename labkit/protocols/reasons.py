"""Reasons for which a Socket.IO connection ends, and what they mean.

Socket.IO hides close codes; each side gets one of a few words instead. Sources: python-engineio's
`Server.reason` and `Client.reason`; https://socket.io/docs/v4/server-socket-instance/#disconnect
for JavaScript, which says "io server disconnect" where Python says "server disconnect".
"""

from __future__ import annotations

MEANINGS = {
    "client disconnect": "the client disconnected",
    "server disconnect": "the server ended it, and said so",
    "transport close": "the connection ended without a disconnect packet",
    "transport error": "the connection broke, or ended without a disconnect packet",
    "ping timeout": "a heartbeat stayed unanswered",
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

    @property
    def meaning(self) -> str:
        """What the reason means, in a few words."""
        return MEANINGS.get(self, "a reason of the other side's own")

    def __repr__(self) -> str:
        return f"{str(self)!r} ({self.meaning})"
