"""Splits all that crosses one connection into units, and keeps every byte as it came.

::

    bytes -> HTTP messages -- 101 --> WebSocket frames --> units
                  |
                  +--> bodies of Engine.IO's polling, with units in them

Both directions belong to one splitter, and each byte is fed once: the handshake of both decides
what follows. What a client sends behind a request to upgrade is kept until the answer says whether
it is frames. Bodies of polling are kept until they are whole. All other HTTP passes as it comes,
or in parts, the head of a message first, where a fault understands HTTP. What is not HTTP, or no
WebSocket, passes as it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from labkit.protocols.decoded import is_polling
from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.exchanges import Exchanges
from labkit.protocols.frame_splitter import FrameSplitter
from labkit.protocols.handshake import agreed_on
from labkit.protocols.http1 import Garbage, HttpMessage
from labkit.protocols.http_parts import HttpPart, PartSplitter
from labkit.protocols.polled import POLLED, PolledBody, find_session, judge_beginning, judge_whole
from labkit.protocols.streamed import StreamedBlock, StreamEnd
from labkit.protocols.units import Agreed, Stretch, Unit

MAX_WAITING = 64 * 1024
"""Bytes that are kept behind a request to upgrade; more pass, and then everything does."""

UNREAD = "a body of polling passed: it is chunked, longer than 256 KiB, or in an unknown coding"
"""The fact about packets on which no fault can act."""

UNTOUCHED = "fault does not act: messages in event streams and in JSON pass as they are"
"""The fact about messages that another protocol carries over HTTP."""

Piece = Unit | PolledBody | HttpPart | Stretch
"""What goes on: units, bodies with units in them, parts of HTTP, and bytes that pass untouched."""


class Splitter:
    """Takes the bytes of one connection, which may be split anywhere.

    Parameters
    ----------
    http
        What has been read of it until now, all of which has passed; nothing if omitted.

    Attributes
    ----------
    agreed
        What the handshake agreed on for each direction; None before, and without WebSocket or
        Engine.IO.
    frames
        What splits each direction behind the handshake of WebSocket; None before.
    facts
        What is to be said of the connection, by direction; whoever says it clears the list.
    parts
        Takes messages of HTTP to parts, while it is on.
    acts_on_messages
        Whether a fault acts on messages, so that those it cannot reach are a fact.
    """

    def __init__(self, http: Exchanges | None = None) -> None:
        self.agreed: Mapping[Direction, Agreed] | None = None
        self.facts: list[tuple[Direction, str]] = []
        self._http = http or Exchanges()
        self.frames: Mapping[Direction, FrameSplitter] | None = None
        self._kept = {each: bytearray() for each in DIRECTIONS}
        # bytes of what comes next, HTTP messages or frames, that have passed already
        self._gone: dict[Direction, int] = {each: self._http.begun(each) for each in DIRECTIONS}
        self._offsets: dict[Direction, int] = dict.fromkeys(DIRECTIONS, 0)
        self._requests = {each.exchange: each for each in self._http.unanswered}
        self._see_polling(self._requests.values())
        self.parts = PartSplitter()
        self._released: dict[Direction, list[Piece]] = {each: [] for each in DIRECTIONS}
        self._is_over = False
        self.acts_on_messages = True
        self._has_said_untouched = False
        self._stream = self._http.stream

    def feed(self, direction: Direction, data: bytes) -> list[Piece]:
        """Return what goes on in this direction now."""
        if self.frames is not None:
            return [*self.frames[direction].feed(data)]
        self._offsets[direction] += len(data)
        if self._is_over:
            return [Stretch(data, self._offsets[direction])]
        self._kept[direction] += data
        pieces: dict[Direction, list[Piece]] = {each: [] for each in DIRECTIONS}
        while items := self._http.feed(direction, data):
            data = b""
            for item in items:
                if isinstance(item, Garbage):
                    self._is_over = True
                elif isinstance(item, HttpMessage):
                    self._complete(item, pieces)
                else:
                    self._pass_streamed(item, pieces["downstream"])
            if self._is_over:
                break
        if self.acts_on_messages and self.carries_untouched and not self._has_said_untouched:
            self._has_said_untouched = True
            self.facts.append(("upstream", UNTOUCHED))
        if self._http.switched is not None:
            self._switch(*self._http.switched, pieces)
        else:
            for each in DIRECTIONS:
                self._pass_what_need_not_wait(each, pieces[each])
        for each in DIRECTIONS:
            if each != direction:
                self._released[each] += pieces[each]
        return pieces[direction]

    # HTTP

    def _complete(self, message: HttpMessage, pieces: dict[Direction, list[Piece]]) -> None:
        """Let a whole message go on, or what has not passed of it."""
        direction: Direction = "upstream" if message.is_request else "downstream"
        if message.is_request:
            self._requests[message.exchange] = message
            self._see_polling((message,))
        rest = self._cut(direction, message.size)
        body = self._find_body(message, rest)
        if body is not None:
            pieces[direction].append(body)
        elif self._takes_parts(direction, message.size - len(rest)):
            if message.opens_stream:
                pieces[direction] += self.parts.feed(direction, rest, rest.stop)
            else:
                pieces[direction] += self.parts.end(direction, rest, rest.stop, message)
        elif rest:
            pieces[direction].append(rest)
        self._stream = message if message.opens_stream else self._stream
        if message.status >= 200:
            self._requests.pop(message.exchange, None)

    def _find_body(self, message: HttpMessage, rest: Stretch) -> PolledBody | None:
        """Return a message as a body of polling, if it is one that can be read and is all here."""
        request = self._requests.get(message.exchange)
        if request is None or len(rest) < message.size:
            return None
        outlook = judge_whole(message, request)
        if outlook == "unread":
            self.facts.append(("upstream" if message.is_request else "downstream", UNREAD))
        if outlook != "waits":
            return None
        return PolledBody(message, bytes(rest), rest.stop, find_session(request))

    def _pass_streamed(self, item: StreamedBlock | StreamEnd, pieces: list[Piece]) -> None:
        """Let a block of an event stream go on, or its end, or what has not passed of it."""
        rest = self._cut("downstream", item.size)
        if not self.parts.is_inside("downstream"):
            pieces += [rest] if rest else []
        elif isinstance(item, StreamEnd):
            assert self._stream is not None
            pieces += self.parts.end("downstream", rest, rest.stop, self._stream)
        else:
            pieces += self.parts.feed("downstream", rest, rest.stop)
        self._stream = None if isinstance(item, StreamEnd) else self._stream

    def _takes_parts(self, direction: Direction, gone: int) -> bool:
        """Whether what comes next goes on in parts, of which so many bytes have passed."""
        is_streaming = direction == "downstream" and self._stream is not None
        return self.parts.is_inside(direction) or (
            self.parts.is_on and not gone and not is_streaming
        )

    def _cut(self, direction: Direction, size: int) -> Stretch:
        """Cut off what comes next, and return what has not passed of it."""
        kept = self._kept[direction]
        gone = min(self._gone[direction], size)
        self._gone[direction] -= gone
        raw = bytes(kept[: size - gone])
        del kept[: size - gone]
        return Stretch(raw, self._offsets[direction] - len(kept))

    def _see_polling(self, requests: Iterable[HttpMessage]) -> None:
        if self.agreed is None and any(map(is_polling, requests)):
            self.agreed = dict.fromkeys(DIRECTIONS, POLLED)

    def _pass_what_need_not_wait(self, direction: Direction, pieces: list[Piece]) -> None:
        kept = self._kept[direction]
        is_waiting = direction == "upstream" and self._http.waits
        if is_waiting and len(kept) > MAX_WAITING:
            self._is_over = True
        if not kept or (not self._is_over and (is_waiting or self._must_wait(direction, kept))):
            return
        stop = self._offsets[direction]
        if self._is_over or not self._takes_parts(direction, self._gone[direction]):
            pieces.append(Stretch(bytes(kept), stop))
        elif self._http.is_reading(direction) and (parts := self.parts.feed(direction, kept, stop)):
            pieces += parts
        else:
            return
        self._gone[direction] += len(kept)
        kept.clear()

    def _must_wait(self, direction: Direction, kept: bytearray) -> bool:
        """Whether a message that has begun to come may have packets, on which faults act."""
        asked = None if direction == "upstream" else next(iter(self._http.unanswered), None)
        if self._gone[direction] or (direction == "downstream" and asked is None):
            return False
        outlook = judge_beginning(kept, asked)
        if outlook == "unread":
            self.facts.append((direction, UNREAD))
        return outlook == "waits"

    @property
    def carries_untouched(self) -> bool:
        """Whether it carries events of a stream, or messages in JSON."""
        return self._http.carries_messages

    @property
    def is_idle(self) -> bool:
        """Whether HTTP is spoken, and no request waits for an answer."""
        return self.frames is None and not self._http.unanswered

    def awaits_only(self, request: HttpMessage) -> bool:
        """Whether a request has no answer yet, and no other has none."""
        return self._http.unanswered == (request,)

    def awaits_next(self, request: HttpMessage) -> bool:
        """Whether a request has no answer yet, and all before it have one."""
        return self._http.unanswered[:1] == (request,)

    def _switch(
        self,
        request: HttpMessage,
        response: HttpMessage,
        pieces: dict[Direction, list[Piece]],
    ) -> None:
        """Read frames from now on, if they are what follows."""
        behind = {each: self._http.behind(each) for each in DIRECTIONS}
        if response.header("Upgrade").lower() == "websocket":
            self.agreed = agreed_on(request, response)
            self.frames = {
                each: FrameSplitter(self.agreed[each], self._offsets[each] - len(behind[each]))
                for each in DIRECTIONS
            }
            for each, frames in self.frames.items():
                gone = self._gone[each]
                frames.feed(behind[each][:gone])
                frames.join()
                pieces[each] += frames.feed(behind[each][gone:])
        else:
            self._is_over = True
            for each in DIRECTIONS:
                rest = behind[each][self._gone[each] :]
                pieces[each] += [Stretch(rest, self._offsets[each])] if rest else []
        for each in DIRECTIONS:
            self._kept[each].clear()
            self._gone[each] = 0

    # Whatever it is

    def released(self, direction: Direction) -> list[Piece]:
        """Return, once, what goes on in a direction because of what came in the other."""
        released, self._released[direction] = self._released[direction], []
        return released

    def kept(self, direction: Direction) -> bytes:
        """Return what has come and not gone on, as it came."""
        if self.frames is not None:
            return self.frames[direction].kept
        return bytes(self._kept[direction])

    def take_kept(self, direction: Direction) -> Stretch:
        """Return what is kept, and let what follows it pass until the next unit begins."""
        kept, stop = self.kept(direction), self._offsets[direction]
        self.parts.leave(direction)
        if self.frames is not None:
            self.frames[direction].join()
            stop = self.frames[direction].offset
        else:
            self._gone[direction] += len(kept)
            self._kept[direction].clear()
        return Stretch(kept, stop)

    def join(self) -> None:
        """Begin in the middle: all that was fed has passed already."""
        self.facts.clear()
        for direction in DIRECTIONS:
            self._released[direction].clear()
            self.take_kept(direction)

    def count_from(self, direction: Direction, offset: int) -> None:
        """Say how many bytes of a direction have come, those included that were not fed."""
        if self.frames is not None:
            self.frames[direction].offset = offset
        else:
            self._offsets[direction] = offset
