"""One connection of a trace, decoded: HTTP first, then WebSocket if it is agreed on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.engineio import EnginePacket, decode_packet, decode_payload
from labkit.protocols.exchanges import Exchanges
from labkit.protocols.frames import Frame, FrameDecoder
from labkit.protocols.handshake import Finding, agreed_deflate, judge_request, judge_response
from labkit.protocols.http1 import Garbage, HttpMessage
from labkit.protocols.messages import UNENDED, Inflater, Message, MessageDecoder
from labkit.protocols.redaction import redacted
from labkit.protocols.socketio import WITH_ATTACHMENTS, Assembler, SocketPacket
from labkit.trace.frame_layers import message_summary, websocket_layers
from labkit.trace.http_layers import http_layers
from labkit.trace.layers import TEXT_SHOWN, Layer, hexed, without_sid
from labkit.trace.packet_layers import beside_kind, packet_summary
from labkit.trace.trace import Record
from labkit.untrusted import plain_text

Packets = tuple[EnginePacket, SocketPacket | None]
"""An Engine.IO packet, and the Socket.IO packet in it if it is a message."""

STEP = 4 * 1024
"""Bytes of a record that are decoded in one step."""


class Found(NamedTuple):
    """What a row needs to know."""

    direction: Direction | Literal[""]
    kind: str
    size: int
    content: str
    payload: bytes = b""
    problem: str = ""
    decoded: HttpMessage | Message | None = None
    layers: Callable[[], tuple[Layer, ...]] = tuple


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


class Conversation:
    """Decodes the records of one connection.

    Parameters
    ----------
    lost
        Why its beginning is not known, "" if it is: then nothing of it can be decoded.
    """

    def __init__(self, lost: str = "") -> None:
        self.lost = lost
        self._http = Exchanges()
        self._requests: dict[int, HttpMessage] = {}
        self._assemblers = {side: Assembler() for side in DIRECTIONS}
        self._streams: dict[Direction, _Stream] | None = None
        self._ended: set[Direction] = set()

    def feed(self, record: Record) -> Iterator[list[Found]]:
        """Yield what a record completes, step by step: none takes longer than some milliseconds."""
        if record.fact:
            yield self._fact(record)
        elif record.direction:
            yield from self._bytes(record.direction, record.chunk)

    def pass_over(self, record: Record) -> tuple[int, Iterator[list[Found]]]:
        """Read a record that is not kept, since what follows depends on it.

        Returns
        -------
        tuple[int, Iterator[list[Found]]]
            How many messages were passed over without a look, and what it completes behind them.
        """
        if record.fact or not record.direction or self._streams is None or self.lost:
            return 0, self.feed(record)
        stream = self._streams[record.direction]
        if not stream.can_pass_over:
            return 0, self.feed(record)
        stops = () if stream.packets is None else WITH_ATTACHMENTS
        count, rest = stream.frames.pass_over(record.chunk, stops)
        return count, iter(()) if rest is None else self._bytes(record.direction, rest)

    def give_up(self, record: Record, error: BaseException) -> Found:
        """Decode no more after a mistake of the decoder's own, and return a row about it."""
        self.lost = f"labkit could not decode an earlier part of this connection: {error!r}"
        why = f"labkit could not decode this, which is a mistake of its own: {error!r}"
        chunk = record.chunk
        return Found(
            record.direction, "garbage", len(chunk), hexed(chunk), b"", plain_text(why, 300)
        )

    def _bytes(self, side: Direction, chunk: bytes) -> Iterator[list[Found]]:
        for at in range(0, max(len(chunk), 1), STEP):
            piece = chunk[at : at + STEP]
            if self.lost or self._http.gave_up(side):
                rest, why = chunk[at:], self.lost or "it follows what is not HTTP"
                yield [Found(side, "garbage", len(rest), hexed(rest), b"", why)] if rest else []
                return
            if self._streams is not None:
                yield self._websocket(side, piece)
            else:
                yield from self._exchanges(side, piece)

    # HTTP

    def _exchanges(self, side: Direction, chunk: bytes) -> Iterator[list[Found]]:
        items = self._http.feed(side, chunk)
        while items:
            yield [self._as_http(item) for item in items]
            items = self._http.feed(side)
        if self._http.switched is not None:
            self._switch(*self._http.switched)
            for each in DIRECTIONS:
                yield from self._bytes(each, self._http.behind(each))

    def _as_http(self, item: HttpMessage | Garbage) -> Found:
        if isinstance(item, HttpMessage):
            return self._message(item)
        return Found(item.direction, "garbage", item.size, hexed(item.data), item.data, item.why)

    def _message(self, message: HttpMessage) -> Found:
        message = redacted(message)
        findings: tuple[Finding, ...] = ()
        if message.is_request:
            self._requests[message.exchange] = message
            side: Direction = "upstream"
            asked = message
            if message.header("Upgrade"):
                findings = judge_request(message)
        else:
            side = "downstream"
            asked = self._requests[message.exchange]
            if asked.header("Upgrade"):
                findings = judge_response(asked, message)
            if message.status >= 200 or message.switches:
                del self._requests[message.exchange]
        packets = self._polled(side, asked, message)
        content = without_sid(message.start_line)
        if not message.is_request and _is_engineio(asked) and not message.switches:
            content += f", answers {asked.method}"
        if packets:
            content += f"  [{'; '.join(packet_summary(*pair) for pair in packets)}]"
        problem = next((f"{each.name}: {each.problem}" for each in findings if each.problem), "")
        return Found(
            side,
            "request" if message.is_request else "response",
            message.size,
            plain_text(content, 200),
            message.body,
            problem,
            message,
            partial(http_layers, message, findings, packets),
        )

    def _polled(
        self, side: Direction, asked: HttpMessage, message: HttpMessage
    ) -> tuple[Packets, ...]:
        """Return the packets in the body of a polling request or response."""
        polls = _is_engineio(asked) and "transport=polling" in asked.target
        error = not message.is_request and message.status != 200
        answers_post = not message.is_request and asked.method != "GET"
        if not polls or error or answers_post or not message.body:
            return ()
        return tuple(self._packet(side, packet) for packet in decode_payload(message.content))

    def _packet(
        self, side: Direction, engine: EnginePacket
    ) -> tuple[EnginePacket, SocketPacket | None]:
        if engine.kind != "message":
            return engine, None
        return engine, self._assemblers[side].feed(engine)

    # WebSocket

    def _switch(self, request: HttpMessage, response: HttpMessage) -> None:
        deflate = agreed_deflate(response)
        engineio = _is_engineio(request)
        self._streams = {}
        for side in DIRECTIONS:
            inflater = None
            if deflate is not None and side == "upstream":
                inflater = Inflater(deflate.client_bits, deflate.client_takeover)
            elif deflate is not None:
                inflater = Inflater(deflate.server_bits, deflate.server_takeover)
            self._streams[side] = _Stream(
                FrameDecoder(side == "upstream", deflate is not None),
                MessageDecoder(inflater),
                self._assemblers[side] if engineio else None,
                deflate is not None,
            )

    def _websocket(self, side: Direction, chunk: bytes) -> list[Found]:
        assert self._streams is not None
        stream = self._streams[side]
        found = []
        for frame in stream.frames.feed(chunk):
            found += [self._spoken(side, stream, each) for each in stream.messages.feed(frame)]
        return found

    def _spoken(self, side: Direction, stream: _Stream, message: Message) -> Found:
        if stream.packets is None or message.kind not in ("text", "binary") or message.problem:
            return Found(
                side,
                message.kind,
                message.size,
                message_summary(message),
                message.content,
                message.problem,
                message,
                partial(websocket_layers, message),
            )
        data = message.text if message.kind == "text" else message.content
        engine, socket = self._packet(side, decode_packet(data))
        problem = engine.problem or (socket.problem if socket else "")
        kind = engine.kind if socket is None else socket.kind
        return Found(
            side,
            kind,
            message.size,
            plain_text(beside_kind(kind, engine, socket), TEXT_SHOWN),
            message.content,
            problem,
            message,
            partial(websocket_layers, message, engine, socket),
        )

    # ends

    def _fact(self, record: Record) -> list[Found]:
        found: list[Found] = []
        if record.fact == "half-closed" and record.direction:
            found += self._end(record.direction)
        elif record.fact.startswith(("closed", "reset", "cut")):
            for side in DIRECTIONS:
                found += self._end(side)
        kind, _, words = record.fact.partition(": ")
        if kind in ("error", "unreadable"):
            return [Found(record.direction, kind, 0, "", problem=words)]
        return [*found, Found(record.direction, kind, 0, plain_text(words, 200))]

    def _end(self, side: Direction) -> list[Found]:
        if side in self._ended or self.lost:
            return []
        self._ended.add(side)
        if self._streams is None:
            return [self._as_http(item) for item in self._http.end(side)]
        stream = self._streams[side]
        message, rest = stream.messages.rest, stream.frames.rest
        found: list[Found] = []
        if message is not None:
            words = message_summary(message)
            found.append(Found(side, "garbage", message.size, words, message.content, UNENDED))
        if isinstance(rest, Frame):
            have = len(rest.header) + len(rest.payload)
            why = f"the frame did not end: {len(rest.payload)} of {rest.length} bytes came"
            found.append(Found(side, "garbage", have, hexed(rest.payload), rest.payload, why))
        elif rest:
            why = "the header of a frame did not end"
            found.append(Found(side, "garbage", len(rest), hexed(rest), rest, why))
        return found


def _is_engineio(request: HttpMessage) -> bool:
    return "EIO=" in request.target
