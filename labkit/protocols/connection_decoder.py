"""All that crosses one connection, decoded from its bytes, in both directions.

::

    bytes -> HTTP messages -- 101 -> WebSocket frames -> messages
                  |                                         |
                  |-- blocks of an event stream             |
                  |-- messages of a chat over HTTP          |
                  +----------> Engine.IO packets <----------+
                                      |
                               Socket.IO packets

Both directions belong to one decoder, since an answer can only be read with its request in mind,
and since a handshake of both decides what follows. It does no I/O, and has no clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from labkit.protocols.decoded import (
    Decoded,
    DecodedBlock,
    DecodedEnd,
    DecodedHttp,
    DecodedMessage,
    Packet,
    is_polling,
)
from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.engineio import EnginePacket, decode_packet, decode_payload
from labkit.protocols.envelopes import (
    Batch,
    ChatFrame,
    find_purpose,
    is_chat_socket,
    read_answer,
    read_event,
    read_frame,
    read_posted,
)
from labkit.protocols.exchanges import BEHIND_GARBAGE, Exchanges
from labkit.protocols.exchanges import Item as HttpItem
from labkit.protocols.frame_splitter import FrameSplitter
from labkit.protocols.frames import Frame, FrameDecoder
from labkit.protocols.handshake import agreed_on
from labkit.protocols.http1 import Garbage, HttpMessage
from labkit.protocols.messages import Inflater, Message, MessageDecoder
from labkit.protocols.socketio import WITH_ATTACHMENTS, Assembler
from labkit.protocols.splitter import Splitter
from labkit.protocols.streamed import StreamedBlock, StreamEnd
from labkit.protocols.units import Agreed

Steps = Iterator[Sequence[Decoded]]
"""What is decoded, step by step: none takes longer than some milliseconds."""

STEP = 4 * 1024
"""Bytes that are decoded in one step."""


@dataclass
class _Stream:
    """One direction behind the handshake."""

    frames: FrameDecoder
    messages: MessageDecoder
    packets: Assembler | None
    compressed: bool

    @property
    def can_pass_over(self) -> bool:
        """Whether a message can be understood without those before it."""
        return not self.compressed and (self.packets is None or self.packets.is_between)


class ConnectionDecoder:
    r"""Decodes the bytes of one connection.

    Bytes may be split anywhere. What cannot be decoded is an item as well, and raises nothing.
    Iterate over what a method returns to its end before the next one is called.

    Examples
    --------
    >>> decoder = ConnectionDecoder()
    >>> [[asked]] = decoder.feed("upstream", b"GET /a HTTP/1.1\r\nHost: b\r\n\r\n")
    >>> asked.message.target
    '/a'
    """

    def __init__(self) -> None:
        self._given_up = ""
        self._http = Exchanges()
        self._requests: dict[int, HttpMessage] = {}
        self._assemblers = {direction: Assembler() for direction in DIRECTIONS}
        self._agreed: Mapping[Direction, Agreed] | None = None
        self._streams: dict[Direction, _Stream] | None = None
        self._is_chat = False
        self._ended: set[Direction] = set()
        self._offsets: dict[Direction, int] = dict.fromkeys(DIRECTIONS, 0)

    def feed(self, direction: Direction, data: bytes) -> Steps:
        """Yield what some bytes complete."""
        for at in range(0, max(len(data), 1), STEP):
            piece = data[at : at + STEP]
            if self._given_up or self._http.gave_up(direction):
                rest, why = data[at:], self._given_up or BEHIND_GARBAGE
                yield [self._garbage(Garbage(rest, len(rest), why, direction))] if rest else []
                return
            if self._streams is not None:
                yield self._messages(direction, self._streams[direction], piece)
            else:
                yield from self._exchanges(direction, piece)

    def pass_over(self, direction: Direction, data: bytes) -> tuple[int, Steps]:
        """Read bytes without decoding more of them than what follows them needs.

        Returns
        -------
        tuple[int, Steps]
            How many messages were passed over undecoded, and what is completed behind them.
        """
        stream = None if self._streams is None else self._streams[direction]
        if self._given_up or stream is None or not stream.can_pass_over:
            return 0, self.feed(direction, data)
        stops = () if stream.packets is None else WITH_ATTACHMENTS
        count, rest = stream.frames.pass_over(data, stops)
        return count, iter(()) if rest is None else self.feed(direction, rest)

    def splitter(self) -> Splitter:
        """Return a splitter that begins where this has stopped; neither changes the other."""
        if self._agreed is not None and self._streams is not None:
            return _joined(self._agreed, self._streams)
        splitter = Splitter(deepcopy(self._http))
        splitter.join()
        return splitter

    def end(self, direction: Direction) -> list[Decoded]:
        """End a direction, and return what that completes or leaves unfinished."""
        if direction in self._ended or self._given_up:
            return []
        self._ended.add(direction)
        if self._streams is None:
            return self._http_items(self._http.end(direction))
        stream = self._streams[direction]
        message, rest = stream.messages.rest, stream.frames.rest
        left: list[Decoded] = []
        if message is not None:
            left.append(DecodedMessage(direction, message, has_ended=False))
        if isinstance(rest, Frame):
            size = len(rest.header) + len(rest.payload)
            why = f"the frame did not end: {len(rest.payload)} of {rest.length} bytes came"
            left.append(Garbage(rest.payload, size, why, direction))
        elif rest:
            left.append(Garbage(rest, len(rest), "the header of a frame did not end", direction))
        return left

    def give_up(self, why: str) -> None:
        """Stop decoding: all that follows is garbage, for this reason."""
        self._given_up = why

    # HTTP

    def _exchanges(self, direction: Direction, data: bytes) -> Steps:
        items = self._http.feed(direction, data)
        while items:
            yield self._http_items(items)
            items = self._http.feed(direction)
        if self._http.switched is not None:
            self._switch(*self._http.switched)
            for each in DIRECTIONS:
                yield from self.feed(each, self._http.behind(each))

    def _garbage(self, garbage: Garbage) -> Garbage:
        """Say where garbage ends, behind whatever HTTP came before it."""
        self._offsets[garbage.direction] += garbage.size
        return replace(garbage, stop=self._offsets[garbage.direction])

    def _http_items(self, items: Sequence[HttpItem]) -> list[Decoded]:
        """Return items as they are decoded, without the ends of streams that took no byte."""
        return [self._http_item(each) for each in items if each.size]

    def _http_item(self, item: HttpItem) -> Decoded:
        if isinstance(item, Garbage):
            return self._garbage(item)
        if isinstance(item, StreamedBlock | StreamEnd):
            return self._streamed(item)
        direction: Direction = "upstream" if item.is_request else "downstream"
        self._offsets[direction] += item.size
        if item.is_request:
            request = self._requests[item.exchange] = item
        else:
            request = self._requests[item.exchange]
            if item.status >= 200 or item.switches:
                del self._requests[item.exchange]
        packets, batch = self._polled(request, item), _batch(request, item)
        return DecodedHttp(item, request, packets, self._offsets[direction], batch)

    def _streamed(self, item: StreamedBlock | StreamEnd) -> Decoded:
        """Return a part of an event stream, with what it carries."""
        stop = self._offsets["downstream"] = self._offsets["downstream"] + item.size
        if isinstance(item, StreamEnd):
            return DecodedEnd(item, stop)
        block = item.block
        if block.data is None or not block.is_whole:
            return DecodedBlock(item, None, stop)
        return DecodedBlock(item, read_event(block.event or "", block.data, block.id), stop)

    def _polled(self, request: HttpMessage, message: HttpMessage) -> tuple[Packet, ...]:
        """Return the packets in the body of a polling request or response."""
        failed = not message.is_request and message.status != 200
        answers_post = not message.is_request and request.method != "GET"
        if not is_polling(request) or failed or answers_post or not message.body:
            return ()
        direction: Direction = "upstream" if message.is_request else "downstream"
        return tuple(self._packet(direction, each) for each in decode_payload(message.content))

    def _packet(self, direction: Direction, engine: EnginePacket) -> Packet:
        if engine.kind != "message":
            return Packet(engine)
        return Packet(engine, self._assemblers[direction].feed(engine))

    # WebSocket

    def _switch(self, request: HttpMessage, response: HttpMessage) -> None:
        self._agreed = agreed_on(request, response)
        self._streams, self._is_chat = {}, is_chat_socket(request)
        for direction, agreed in self._agreed.items():
            bits, compressed = agreed.window_bits, bool(agreed.window_bits)
            self._streams[direction] = _Stream(
                FrameDecoder(direction == "upstream", compressed),
                MessageDecoder(Inflater(bits, agreed.takeover) if compressed else None),
                self._assemblers[direction] if agreed.is_engineio else None,
                compressed,
            )

    def _messages(self, direction: Direction, stream: _Stream, data: bytes) -> list[Decoded]:
        found: list[Decoded] = []
        switched_at = self._offsets[direction]
        for frame in stream.frames.feed(data):
            stop = switched_at + frame.start + frame.size
            for message in stream.messages.feed(frame):
                packet = None if stream.packets is None else self._packet_in(direction, message)
                chat = self._frame_of_chat(direction, message) if self._is_chat else None
                found.append(DecodedMessage(direction, message, packet, stop=stop, chat=chat))
        return found

    def _frame_of_chat(self, direction: Direction, message: Message) -> ChatFrame | None:
        if message.kind != "text" or message.problem or message.missing:
            return None
        return read_frame(message.text, is_up=direction == "upstream")

    def _packet_in(self, direction: Direction, message: Message) -> Packet | None:
        if message.kind not in ("text", "binary") or message.problem:
            return None
        data = message.text if message.kind == "text" else message.content
        return self._packet(direction, decode_packet(data))


def _batch(request: HttpMessage, message: HttpMessage) -> Batch | None:
    """Return the messages that a request or a response carries for a finished chat."""
    purpose = find_purpose(request)
    if message.is_request:
        return read_posted(message) if purpose == "post" else None
    if purpose != "poll" or message.status != 200 or message.unpacked[1]:
        return None
    return read_answer(message.content)


def _joined(agreed: Mapping[Direction, Agreed], streams: Mapping[Direction, _Stream]) -> Splitter:
    """Return a splitter that begins in the middle of frames."""
    splitter = Splitter()
    splitter.agreed = agreed
    splitter.frames = {each: FrameSplitter(agreed[each]) for each in DIRECTIONS}
    for direction, stream in streams.items():
        splitter.frames[direction].join(stream.frames.place)
    return splitter
