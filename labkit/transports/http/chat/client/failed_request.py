"""Why a request failed, as a client sees it."""

from __future__ import annotations

from labkit.transports.answers import HttpAnswer

PASSING = frozenset({408, 429})
"""Refusals that pass: "request timeout", "too many requests"."""


class Failed(Exception):
    """A request failed.

    Attributes
    ----------
    reason
        The disconnect reason, if the connection ends with it.
    answer
        The answer that refuses the request, None if there was none.
    """

    def __init__(self, reason: str, why: str, answer: HttpAnswer | None = None) -> None:
        super().__init__(why)
        self.reason = reason
        self.answer = answer

    @property
    def is_final(self) -> bool:
        """Whether asking again is in vain: the server refuses what this client asks.

        A redirect is none of a chat's server, as a web page is none: something else answers, such
        as a proxy that wants a login, and the server may answer the next time.
        """
        status = 0 if self.answer is None else self.answer.status
        return 400 <= status < 500 and status not in PASSING


def refused(answer: HttpAnswer) -> Failed:
    """Return the failure that an answer other than 200 and 204 is."""
    reason = "transport close" if answer.status == 503 else "transport error"
    if answer.status == 410:
        reason = "server disconnect"
    return Failed(reason, f"the server answered {answer}", answer)
