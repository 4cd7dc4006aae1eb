"""WebSocket close codes and what they mean.

Sources: RFC 6455 section 7.4 and the IANA registry "WebSocket Close Code Number".
"""

from __future__ import annotations

from labkit.exceptions import LabError

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

SENT_BY_ENDPOINTS = frozenset(MEANINGS) - NEVER_ON_THE_WIRE
"""Codes below 3000 that a close frame may carry."""

MAX_REASON = 123
"""Bytes of a close reason in UTF-8: a control frame has 125, and the code takes two."""


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


def check_close(code: object, reason: object) -> None:
    """Raise LabError unless a close frame may carry this code and this reason.

    Examples
    --------
    >>> check_close(4000, "lunch")
    """
    if not isinstance(code, int) or isinstance(code, bool):
        raise LabError(f"A close code is a whole number such as 1000 or 4000, not {code!r}.")
    if code in NEVER_ON_THE_WIRE:
        raise LabError(
            f"Nobody may send {CloseCode(code)}: with it an endpoint tells its own program how a "
            "connection ended (RFC 6455 section 7.4.1). Send 1000 or a code from 4000 to 4999; "
            "`link.cut()` ends a connection without a close frame."
        )
    if code not in SENT_BY_ENDPOINTS and not 3000 <= code <= 4999:
        raise LabError(
            f"Nobody may send {code}: RFC 6455 section 7.4 does not allow it. Applications send "
            "1000 or a code of their own, 4000 to 4999; libraries register 3000 to 3999; endpoints "
            f"send {_listed(SENT_BY_ENDPOINTS)}."
        )
    if not isinstance(reason, str):
        raise LabError(f"A close reason is a text, not {reason!r}.")
    try:
        size = len(reason.encode())
    except UnicodeEncodeError as error:
        raise LabError(
            f"The close reason has half a character at position {error.start} (a lone surrogate), "
            "which UTF-8 cannot carry."
        ) from error
    if size > MAX_REASON:
        raise LabError(
            f"The close reason has {size} bytes in UTF-8, and a close frame has room for "
            f"{MAX_REASON} (RFC 6455 section 5.5). Shorten it, or send it as a message before."
        )


def _listed(codes: frozenset[int]) -> str:
    """Return codes as ranges: ``1000-1003, 1007-1014``."""
    ordered = sorted(codes)
    starts = [code for code in ordered if code - 1 not in codes]
    ends = [code for code in ordered if code + 1 not in codes]
    return ", ".join(f"{first}-{last}" for first, last in zip(starts, ends, strict=True))
