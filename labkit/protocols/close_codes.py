"""WebSocket close codes and what they mean.

Sources: RFC 6455 section 7.4 and the IANA registry "WebSocket Close Code Number".
"""

from __future__ import annotations

MEANINGS = {
    1000: "normal closure: the conversation was over",
    1001: "going away: the server stops, or the page was left",
    1002: "protocol error: the peer broke the rules of WebSocket",
    1003: "unsupported data: the peer cannot take this type of message",
    1005: "no status: the close frame carried no code",
    1006: "abnormal closure: the connection ended without a close frame",
    1007: "invalid payload: for example text that is not UTF-8",
    1008: "policy violation: the peer does not want this",
    1009: "message too big",
    1010: "mandatory extension: the server did not agree to an extension",
    1011: "internal error: the handler failed, or a heartbeat stayed unanswered",
    1012: "service restart",
    1013: "try again later",
    1014: "bad gateway",
    1015: "TLS handshake failed",
}

NEVER_ON_THE_WIRE = frozenset({1005, 1006, 1015})
"""Codes that an endpoint reports to its own program only (RFC 6455 section 7.4.1)."""


class CloseCode(int):
    """A close code that says what it means.

    Examples
    --------
    >>> CloseCode(1000)
    1000 (normal closure: the conversation was over)
    >>> CloseCode(1000) == 1000
    True
    """

    @property
    def meaning(self) -> str:
        """What the code means, in a few words."""
        if self in MEANINGS:
            return MEANINGS[self]
        if 3000 <= self <= 3999:
            return "registered by a library or framework"
        if 4000 <= self <= 4999:
            return "the application's own code"
        return "not a code that RFC 6455 allows"

    def __repr__(self) -> str:
        return f"{int(self)} ({self.meaning})"

    __str__ = __repr__
