"""One connection of a trace, decoded: HTTP first, then WebSocket if it is agreed on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple, get_args

from labkit.protocols.engineio import EnginePacket, decode_packet, decode_payload
from labkit.protocols.frames import Frame, FrameDecoder
from labkit.protocols.handshake import Finding, agreed_deflate, judge_request, judge_response
from labkit.protocols.http1 import Exchanges, Garbage, HttpMessage
from labkit.protocols.messages import Inflater, Message, MessageDecoder
from labkit.protocols.socketio import WITH_ATTACHMENTS, Assembler, SocketPacket
from labkit.trace.frame_layers import websocket_layers
from labkit.trace.http_layers import http_layers
from labkit.trace.layers import Layer, hexed, visible, without_sid
from labkit.trace.packet_layers import call_of, socket_summary
from labkit.trace.trace import Direction, Record

Packets = tuple[EnginePacket, SocketPacket | None]
"""An Engine.IO packet, and the Socket.IO packet in it if it is a message."""

SIDES: tuple[Direction, ...] = get_args(Direction)


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
        return not self.compressed and not (self.packets is not None and self.packets.is_waiting)


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
        self._assemblers = {side: Assembler() for side in SIDES}
        self._streams: dict[Direction, _Stream] | None = None
        self._ended: set[Direction] = set()

    def feed(self, record: Record) -> list[Found]:
        """Return what a record completes."""
        if record.fact:
            return self._fact(record)
        assert record.direction
        if self.lost:
            content = hexed(record.chunk)
            return [Found(record.direction, "garbage", len(record.chunk), content, b"", self.lost)]
        if self._streams is not None:
            return self._websocket(record.direction, record.chunk)
        items = self._http.feed(record.direction == "upstream", record.chunk)
        return self._as_http(items, record.direction) + self._switch()

    def pass_over(self, record: Record) -> tuple[int, list[Found]]:
        """Read a record that is not kept, since what follows depends on it.

        Returns
        -------
        tuple[int, list[Found]]
            How many messages were passed over without a look, and what it completes behind them.
        """
        if record.fact or not record.direction or self._streams is None:
            return 0, self.feed(record)
        stream = self._streams[record.direction]
        if not stream.can_pass_over:
            return 0, self.feed(record)
        stops = () if stream.packets is None else WITH_ATTACHMENTS
        count, rest = stream.frames.pass_over(record.chunk, stops)
        return count, [] if rest is None else self._websocket(record.direction, rest)

    # HTTP

    def _as_http(self, items: list[HttpMessage | Garbage], side: Direction) -> list[Found]:
        return [
            self._garbage(item, side) if isinstance(item, Garbage) else self._message(item)
            for item in items
        ]

    def _garbage(self, item: Garbage, side: Direction) -> Found:
        return Found(side, "garbage", item.size, hexed(item.data), item.data, item.why)

    def _message(self, message: HttpMessage) -> Found:
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
            content += f"  [{'; '.join(_told(*pair) for pair in packets)}]"
        problem = next((f"{each.name}: {each.problem}" for each in findings if each.problem), "")
        return Found(
            side,
            "request" if message.is_request else "response",
            message.size,
            visible(content, 200),
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

    def _switch(self) -> list[Found]:
        if self._http.switched is None:
            return []
        request, response = self._http.switched
        deflate = agreed_deflate(response)
        engineio = _is_engineio(request)
        self._streams = {}
        for side in SIDES:
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
        behind = {side: self._http.behind(side == "upstream") for side in SIDES}
        return [found for side in SIDES for found in self._websocket(side, behind[side])]

    def _websocket(self, side: Direction, chunk: bytes) -> list[Found]:
        assert self._streams is not None
        stream = self._streams[side]
        found = []
        for frame in stream.frames.feed(chunk):
            message = stream.messages.feed(frame)
            if message is not None:
                found.append(self._spoken(side, stream, message))
        return found

    def _spoken(self, side: Direction, stream: _Stream, message: Message) -> Found:
        if stream.packets is None or message.kind not in ("text", "binary") or message.problem:
            return Found(
                side,
                message.kind,
                message.size,
                _content(message),
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
            visible(_beside_kind(kind, engine, socket)),
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
            for side in SIDES:
                found += self._end(side)
        kind, _, words = record.fact.partition(": ")
        if kind in ("error", "unreadable"):
            return [Found(record.direction, kind, 0, "", problem=words)]
        if kind == "opened":
            return [Found(record.direction, kind, 0, words)]
        return [*found, Found(record.direction, record.fact, 0, "")]

    def _end(self, side: Direction) -> list[Found]:
        if side in self._ended or self.lost:
            return []
        self._ended.add(side)
        if self._streams is None:
            return self._as_http(self._http.end(side == "upstream"), side)
        stream = self._streams[side]
        message, rest = stream.messages.rest, stream.frames.rest
        found: list[Found] = []
        if message is not None:
            why = "the message did not end"
            found.append(
                Found(side, "garbage", message.size, _content(message), message.content, why)
            )
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


def _told(engine: EnginePacket, socket: SocketPacket | None) -> str:
    """Say what a packet is, in a few words."""
    if socket is not None and socket.event and not socket.waiting:
        call = call_of(socket)
        return call if socket.namespace == "/" else f"{socket.namespace} {call}"
    if socket is not None and socket.kind in ("ack", "binary ack") and not socket.waiting:
        return f"{call_of(socket)} answers {socket.id}"
    if socket is not None:
        return socket_summary(socket)
    data = "" if engine.settings else engine.data
    shown = hexed(data) if isinstance(data, bytes) else data
    return f"Engine.IO {engine.kind} {shown}".strip()


def _beside_kind(kind: str, engine: EnginePacket, socket: SocketPacket | None) -> str:
    """Say what a packet is, where its kind is told already."""
    told = _told(engine, socket)
    if socket is None:
        return told.replace(f"Engine.IO {kind}", "Engine.IO", 1)
    return told.removeprefix(kind).removeprefix(", ") if told.startswith(f"{kind}, ") else told


def _content(message: Message) -> str:
    if message.kind == "close":
        code = message.close_code
        reason = f": {visible(message.close_reason)}" if message.close_reason else ""
        return f"{code}{reason}"
    if message.kind in ("text", "ping", "pong"):
        return visible(message.text)
    return hexed(message.content)
