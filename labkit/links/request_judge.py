"""A judge of requests, in front of a server that is not the bench's and judges nobody."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from labkit.links.stage import Stage
from labkit.protocols.request_heads import RequestHead, RequestHeads, RequestRefused
from labkit.protocols.security_headers import SECURITY_HEADERS
from labkit.protocols.stream import Item

Judge = Callable[[RequestHead, int | None], None]
"""Gets each request's head and the port of its client; raises RequestRefused for one that may not
pass."""


class Judging(Stage):
    """Holds back the head of a request until it was judged; what it refuses ends the connection.

    Parameters
    ----------
    judge
        Judges each head.
    on_refused
        Called with the reason of a refusal, and with the answer that the client gets.
    """

    def __init__(
        self, judge: Callable[[RequestHead], None], on_refused: Callable[[str, bytes], None]
    ) -> None:
        self._on_refused = on_refused
        self._requests = RequestHeads(judge)

    def push(self, item: Item) -> None:
        """Pass on what was judged."""
        if isinstance(item, bytes):
            try:
                item = self._requests.feed(item)
            except RequestRefused as refusal:
                self._on_refused(str(refusal), _answer(refusal))
                return
        if item:
            self.pass_on(item)


def _answer(refusal: RequestRefused) -> bytes:
    """Return the answer that refuses a request."""
    body = f"{refusal}\n".encode()
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **SECURITY_HEADERS,
    }
    lines = (f"{name}: {value}" for name, value in headers.items())
    first = f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}"
    return "\r\n".join([first, *lines, "", ""]).encode() + body
