"""A proxy that passes a response on when it has all of it, and a stream never ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass

from labkit.exceptions import LabError
from labkit.faults.fault import Decision, Live, check_whole
from labkit.faults.http_fault import HttpFault, HttpLive
from labkit.faults.wording import describe_bytes
from labkit.protocols.directions import Direction
from labkit.protocols.http_parts import HttpPart
from labkit.protocols.stream import StreamEnd

MAX_BUFFERED = 2**20
"""Bytes of a response that are kept; a longer one passes from then on as it comes."""


@dataclass(frozen=True, repr=False)
class BufferResponses(HttpFault):
    """Keeps a response until it is complete, or until it has so many bytes.

    A gateway that scans for malware does so, and event streams never get through (Broadcom's Cloud
    SWG, knowledge base, article 406021, on ``text/event-stream``). A WebSocket has no response that
    could be kept: it passes, as does what has begun when the fault is added. A response above 1 MiB
    passes from there on as it comes.

    Parameters
    ----------
    bytes
        That many are kept at a time; None to wait for the end.
    headers_pass
        Whether the head of a response passes at once, so that it looks as if the answer had come.
    """

    bytes: int | None = None
    _: KW_ONLY
    headers_pass: bool = False

    def __post_init__(self) -> None:
        """Raise LabError unless the values make sense."""
        if self.bytes is not None:
            check_whole("bytes", self.bytes, least=1)
        if not isinstance(self.headers_pass, bool):
            raise LabError(f"headers_pass must be True or False, not {self.headers_pass!r}.")

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        until = "complete" if self.bytes is None else f"of {describe_bytes(self.bytes)}"
        headers = ", headers pass" if self.headers_pass else ""
        return f"keeps responses until they are {until}{headers}"

    def make_live(self, directions: Sequence[Direction]) -> Mapping[Direction, Live]:
        """Return live parts that keep responses."""
        return {"upstream": HttpLive(), "downstream": _Buffering(self)}


class _Buffering(HttpLive):
    def __init__(self, fault: BufferResponses) -> None:
        self._limit = MAX_BUFFERED if fault.bytes is None else min(fault.bytes, MAX_BUFFERED)
        self._passes_when_full = self._limit == MAX_BUFFERED
        self._headers_pass = fault.headers_pass
        self._parts: list[HttpPart] = []
        self._size = 0
        self._is_keeping = False

    @property
    def kept(self) -> int:
        return self._size

    def part(self, part: HttpPart, now: float, /) -> Sequence[Decision]:
        if part.head is not None:
            self._is_keeping = part.head.status >= 200
        if not self._is_keeping or (self._headers_pass and part.head is not None):
            return ((now, part),)
        if part.message is not None or (
            self._passes_when_full and self._size + len(part) >= self._limit
        ):
            self._is_keeping = False
            return [*self.finish(now), (now, part)]
        decisions: list[Decision] = []
        left = (self._size + len(part)) % self._limit
        if self._size + len(part) >= self._limit:
            full, part = part.cut(len(part) - left)
            decisions = [*self.finish(now), (now, full)]
        if part.data:
            self._parts.append(part)
            self._size += len(part)
        return decisions

    def end(self, end: StreamEnd, now: float, /) -> Sequence[Decision]:
        return [*self.finish(now), (now, end)]

    def finish(self, now: float, /) -> Sequence[Decision]:
        parts, self._parts, self._size = self._parts, [], 0
        return [(now, each) for each in parts]
