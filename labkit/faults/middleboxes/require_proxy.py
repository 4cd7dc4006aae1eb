"""A network that lets nobody out, except through its proxy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labkit.faults.fault import Decision, Live
from labkit.faults.http_fault import HttpFault, HttpLive
from labkit.protocols.directions import Direction
from labkit.protocols.http_parts import HttpHead, HttpPart, write_answer
from labkit.protocols.polled import PolledBody

REFUSED = write_answer(
    403, "Forbidden", "Only the proxy gets through: use CONNECT, or http:// in the request line.\n"
)
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


@dataclass(frozen=True, repr=False)
class RequireProxy(HttpFault):
    """Is a forward proxy, and refuses each request that is not sent as to a proxy, with 403.

    So it is in a network from which only the proxy gets out. A client that knows of it sends
    ``CONNECT`` for a tunnel, and what it sends then passes (RFC 9110 section 9.3.6), or a request
    with the whole address in its first line, which passes with the path alone (RFC 9112 section
    3.2.2). Whatever address is named, the link leads to its server.
    """

    @property
    def effect(self) -> str:
        """What it does, in words."""
        return "answers 403 Forbidden to requests without CONNECT"

    def make_live(self, directions: Sequence[Direction]) -> Mapping[Direction, Live]:
        """Return live parts that let tunnels pass."""
        return {"upstream": _Guarding(), "downstream": HttpLive()}


class _Guarding(HttpLive):
    def __init__(self) -> None:
        self._is_tunnel = False
        self._answer: bytes | None = None

    def part(self, part: HttpPart, now: float, /) -> Sequence[Decision]:
        if part.head is not None and not self._is_tunnel:
            self._answer = _find_answer(part.head)
            if self._answer is None:
                return ((now, part.altered(_WHOLE.sub(rb"\1/", part.data))),)
        if self._answer is None:
            return ((now, part),)
        if part.message is None:
            return ((now, part.dropped()),)
        answer, self._answer = self._answer, None
        self._is_tunnel = self._is_tunnel or answer is ESTABLISHED
        return ((now, part.dropped(answer)),)

    def body(self, body: PolledBody, now: float, /) -> Sequence[Decision]:
        if self._is_tunnel or _is_whole(body.message.target):
            return ((now, body),)
        refused = HttpPart(b"", body.stop, message=body.message)
        return ((now, refused.dropped(REFUSED)),)


def _find_answer(head: HttpHead) -> bytes | None:
    """Return what is answered to a request, None if it passes."""
    if head.method == "CONNECT":
        return ESTABLISHED
    return None if _is_whole(head.target) else REFUSED


def _is_whole(target: str) -> bool:
    """Whether a request has the whole address in its first line."""
    return target.lower().startswith("http://")


_WHOLE = re.compile(rb"^([^ ]+ )http://[^/? ]*/?", re.IGNORECASE)
