"""Splits all that crosses one connection into units, and keeps every byte as it came.

::

    bytes -> HTTP, which passes as it comes -- 101 -> WebSocket frames -> units

Both directions belong to one splitter, and each byte is fed once: the handshake of both decides
what follows. What a client sends behind a request to upgrade is kept until the answer says whether
it is frames. What is not HTTP, or no WebSocket, passes as it comes.
"""

from __future__ import annotations

from collections.abc import Mapping

from labkit.protocols.decoded import is_engineio
from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.exchanges import Exchanges
from labkit.protocols.frame_splitter import FrameSplitter, Piece
from labkit.protocols.frames import Place
from labkit.protocols.handshake import agreed_deflate
from labkit.protocols.http1 import HttpMessage
from labkit.protocols.units import Agreed, Stretch

MAX_WAITING = 64 * 1024
"""Bytes that are kept behind a request to upgrade; more pass, and then everything does."""


class Splitter:
    r"""Takes the bytes of one connection, which may be split anywhere.

    Parameters
    ----------
    http
        What has been read of it until now; nothing if omitted.

    Attributes
    ----------
    agreed
        What the handshake agreed on for each direction; None before, and without WebSocket.

    Examples
    --------
    >>> splitter = Splitter()
    >>> splitter.feed("upstream", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    [b'GET / HTTP/1.1\r\nHost: a\r\n\r\n']
    """

    def __init__(self, http: Exchanges | None = None) -> None:
        self.agreed: Mapping[Direction, Agreed] | None = None
        self._http = http or Exchanges()
        self._frames: Mapping[Direction, FrameSplitter] | None = None
        self._waiting = self._http.waiting  # what follows a request to upgrade
        self._gone = 0  # how much of that has passed already
        self._released: list[Piece] = []
        self._is_over = False
        self._offsets: dict[Direction, int] = dict.fromkeys(DIRECTIONS, 0)

    def feed(self, direction: Direction, data: bytes) -> list[Piece]:
        """Return what goes on in this direction now."""
        if self._frames is not None:
            return self._frames[direction].feed(data)
        self._offsets[direction] += len(data)
        if self._is_over:
            return [Stretch(data, self._offsets[direction])]
        self._read(direction, data)
        if direction == "upstream":
            return self._pass_requests(data)
        if self._http.switched is None:
            self._released += self._pass_requests(b"")
            return [Stretch(data, self._offsets[direction])]
        behind = self._http.behind("downstream")
        self._offsets["downstream"] -= len(behind)
        answer = Stretch(data[: len(data) - len(behind)], self._offsets["downstream"])
        self._switch(*self._http.switched)
        return [answer, *self.feed("downstream", behind)]

    def _read(self, direction: Direction, data: bytes) -> None:
        while self._http.feed(direction, data):
            data = b""
            if self._http.gave_up(direction):
                self._is_over = True
                break

    def _pass_requests(self, data: bytes) -> list[Piece]:
        """Return what is known to be no frames."""
        whole, self._waiting = self._waiting + data, self._http.waiting
        if self._is_over or len(self._waiting) > MAX_WAITING:
            self._is_over, self._waiting = True, b""
        read = len(whole) - len(self._waiting)
        passed = whole[self._gone : read]
        self._gone = max(0, self._gone - read)
        stop = self._offsets["upstream"] - len(self._waiting)
        return [Stretch(passed, stop)] if passed else []

    def _switch(self, request: HttpMessage, response: HttpMessage) -> None:
        """Read frames from now on, if they are what follows."""
        self._offsets["upstream"] -= len(self._waiting)
        if response.header("Upgrade").lower() == "websocket":
            self._begin_frames(agreed_on(request, response))
            gone, waiting = self._waiting[: self._gone], self._waiting[self._gone :]
            self.feed("upstream", gone)
            self._frames_of("upstream").join()
        else:
            self._is_over, waiting = True, self._waiting[self._gone :]
            self._offsets["upstream"] += self._gone
        self._waiting, self._gone = b"", 0
        self._released += self.feed("upstream", waiting) if waiting else []

    def _begin_frames(self, agreed: Mapping[Direction, Agreed]) -> None:
        self.agreed = agreed
        self._frames = {
            each: FrameSplitter(agreed[each], self._offsets[each]) for each in DIRECTIONS
        }

    def _frames_of(self, direction: Direction) -> FrameSplitter:
        assert self._frames is not None
        return self._frames[direction]

    def released(self) -> list[Piece]:
        """Return, once, what goes on upstream because of what came downstream."""
        released, self._released = self._released, []
        return released

    def kept(self, direction: Direction) -> bytes:
        """Return what has come and not gone on, as it came."""
        if self._frames is not None:
            return self._frames[direction].kept
        return self._waiting[self._gone :] if direction == "upstream" else b""

    def take_kept(self, direction: Direction) -> Stretch:
        """Return what is kept, and let what follows it pass until the next unit begins."""
        kept, stop = self.kept(direction), self._offsets[direction]
        if self._frames is not None:
            self._frames[direction].join()
            stop = self._frames[direction].offset
        elif direction == "upstream":
            self._gone = len(self._waiting)
        return Stretch(kept, stop)

    def count_from(self, direction: Direction, offset: int) -> None:
        """Say how many bytes of a direction have come, those included that were not fed."""
        if self._frames is not None:
            self._frames[direction].offset = offset
        else:
            self._offsets[direction] = offset

    def join(self) -> None:
        """Begin in the middle: all that was fed has passed already."""
        self.released()
        self._gone = len(self._waiting)
        if self._frames is not None:
            for frames in self._frames.values():
                frames.join()

    @classmethod
    def joined(
        cls, agreed: Mapping[Direction, Agreed], places: Mapping[Direction, Place]
    ) -> Splitter:
        """Return a splitter that begins in the middle of frames."""
        splitter = cls()
        splitter._begin_frames(agreed)
        for direction, place in places.items():
            splitter._frames_of(direction).join(place)
        return splitter


def agreed_on(request: HttpMessage, response: HttpMessage) -> dict[Direction, Agreed]:
    """Return what a handshake agreed on."""
    packets, deflate = is_engineio(request), agreed_deflate(response)
    if deflate is None:
        return dict.fromkeys(DIRECTIONS, Agreed(packets))
    return {
        "upstream": Agreed(packets, deflate.client_bits, deflate.client_takeover),
        "downstream": Agreed(packets, deflate.server_bits, deflate.server_takeover),
    }
