"""Layers of one message: from the application's event down to the bytes, and what each added."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from websockets.utils import apply_mask

from labkit.protocols.engineio import SETTINGS, EnginePacket
from labkit.protocols.frames import Frame
from labkit.protocols.handshake import Finding
from labkit.protocols.http1 import HttpMessage
from labkit.protocols.messages import Message
from labkit.protocols.socketio import SocketPacket

SHOWN = 4096
"""Bytes of a layer that are kept for showing."""

TOLD = 32
"""Bytes of a field that are told in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a layer's bytes.

    Attributes
    ----------
    name, value, meaning
        What it is called, what it holds, what that means.
    start, length
        Where its bytes are in the layer's `raw`.
    varies
        Whether it is another one in each run: a masking key, a date.
    """

    name: str
    value: str
    meaning: str
    start: int
    length: int
    varies: bool = False


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer.

    Attributes
    ----------
    name
        For example "WebSocket frame".
    summary
        One line.
    added
        Bytes that it added to the layer above it; negative for compression.
    fields
        Its parts, in the order of the bytes.
    raw
        Its bytes as they crossed, the first `SHOWN`; of a masked frame, the unmasked payload
        stands behind the masked one.
    """

    name: str
    summary: str
    added: int
    fields: tuple[Field, ...] = ()
    raw: bytes = b""

    def told(self) -> str:
        """Return the layer as text, without what is another in each run."""
        lines = [f"  {self.name}  {self.added:+} B  {self.summary}".rstrip()]
        for field in self.fields:
            data = self.raw[field.start : field.start + field.length]
            shown = "varies" if field.varies else data[:TOLD].hex(" ")
            more = " ..." if len(data) > TOLD and not field.varies else ""
            value = "" if field.varies else field.value
            words = ": ".join(word for word in (field.name, value) if word)
            meaning = f" ({field.meaning})" if field.meaning else ""
            if self.name.startswith("HTTP"):
                lines.append(f"      {words}{meaning}")
            else:
                lines.append(f"      {shown + more:<24} {words}{meaning}")
        return "\n".join(lines)


def visible(text: str, longest: int = 120) -> str:
    r"""Return text on one line, cut, with control characters as pictures.

    Examples
    --------
    >>> visible("a\nb")
    'a␊b'
    """
    cut = text[:longest]
    shown = "".join(chr(0x2400 + ord(c)) if c < " " else "␡" if c == "\x7f" else c for c in cut)
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown)
    return shown + ("…" if len(text) > longest else "")


def hexed(data: bytes, longest: int = 16) -> str:
    """Return the first bytes in hexadecimal."""
    return data[:longest].hex(" ") + (" …" if len(data) > longest else "")


# WebSocket


def websocket_layers(
    message: Message, engine: EnginePacket | None = None, socket: SocketPacket | None = None
) -> tuple[Layer, ...]:
    """Return the layers of a WebSocket message, with what Socket.IO made of it."""
    layers = list(packet_layers(engine, socket)) if engine is not None else []
    if engine is None and message.length:
        is_data = message.kind in ("text", "binary")
        shown = message.text if message.kind in ("text", "ping", "pong") else hexed(message.content)
        if message.close_code is not None:
            shown = f"{message.close_code} {message.close_reason}".strip()
        layers = [
            Layer(
                "message" if is_data else f"payload of {message.kind}",
                visible(shown),
                message.length,
                (),
                message.content[:SHOWN],
            )
        ]
    if message.compressed:
        on_wire = sum(frame.length for frame in message.frames)
        summary = f"{message.length} bytes as {on_wire}"
        layers.append(Layer("permessage-deflate", summary, on_wire - message.length))
    layers += [frame_layer(frame, message.compressed) for frame in message.frames]
    if message.fragments > len(message.frames):
        more = message.fragments - len(message.frames)
        layers.append(Layer("WebSocket frame", f"and {more} more frames", 0))
    return tuple(layers)


def frame_layer(frame: Frame, compressed: bool = False) -> Layer:
    """Return a frame with each field of its header under its bytes."""
    payload = frame.payload[:SHOWN]
    masked = apply_mask(payload, frame.mask) if frame.mask and payload else payload
    header = frame.header
    extended = len(header) - 2 - len(frame.mask)
    fields = [
        Field(
            "FIN, RSV, opcode",
            f"{int(frame.fin)} {frame.reserved:03b} {frame.opcode:x}",
            f"{'the last' if frame.fin else 'not the last'} frame of its message, {frame.name}",
            0,
            1,
        ),
        Field(
            "MASK, length",
            f"{int(bool(frame.mask))} {header[1] & 127}",
            {2: "126: the length stands in the next 2 bytes", 8: "127: in the next 8 bytes"}.get(
                extended, f"{frame.length} bytes of payload"
            ),
            1,
            1,
        ),
    ]
    if extended:
        fields.append(Field("extended length", str(frame.length), "", 2, extended))
    if frame.mask:
        at = len(header) - 4
        fields.append(Field("masking key", "", "random, for each frame", at, 4, varies=True))
        fields.append(Field("payload, masked", "", "", len(header), len(payload), varies=True))
    if payload:
        fields.append(_payload(frame, payload, len(header), compressed))
    fin = "" if frame.fin else "FIN 0, "
    summary = f"{fin}{frame.name}, {frame.length} bytes" + (", masked" if frame.mask else "")
    raw = header + masked + (payload if frame.mask else b"")
    return Layer("WebSocket frame", summary, len(header), tuple(fields), raw)


def _payload(frame: Frame, payload: bytes, start: int, compressed: bool) -> Field:
    if frame.name == "close" and len(payload) > 1:
        code = int.from_bytes(payload[:2], "big")
        value = f"{code} {payload[2:].decode('utf-8', 'backslashreplace')}".strip()
    elif frame.name in ("text", "ping", "pong") and not compressed:
        value = visible(payload.decode("utf-8", "backslashreplace"))
    else:
        value = ""
    name = "payload, mask undone" if frame.mask else "payload"
    start += len(payload) if frame.mask else 0  # it stands behind the masked one in `raw`
    return Field(name, value, "", start, len(payload))


# Engine.IO and Socket.IO


def packet_layers(engine: EnginePacket, socket: SocketPacket | None) -> tuple[Layer, ...]:
    """Return the layers of one packet, the event first."""
    inner = _size(engine.data)
    layers: list[Layer] = []
    if socket is not None:
        content = _content_size(socket, engine)
        if socket.event or socket.kind in ("ack", "binary ack"):
            layers.append(Layer("event", call_of(socket), content))
        else:
            content = 0
        layers.append(Layer("Socket.IO packet", socket_summary(socket), inner - content))
        inner = 0
    settings = engine.settings or {}
    fields = tuple(
        Field(name, str(value), SETTINGS.get(name, ""), 0, 0, varies=name == "sid")
        for name, value in settings.items()
    )
    data = "" if socket is not None or settings else f" {visible(_text(engine.data), 40)}"
    problem = f" ! {engine.problem}" if engine.problem else ""
    layers.append(
        Layer("Engine.IO packet", f"{engine.kind}{data}{problem}", engine.added + inner, fields)
    )
    return tuple(layers)


def call_of(socket: SocketPacket) -> str:
    """Return an event or acknowledgement as a call: ``chat message("hello")``."""
    arguments = ", ".join(_json(argument) for argument in socket.arguments)
    return visible(f"{socket.event or 'ack'}({arguments})", 200)


def socket_summary(socket: SocketPacket) -> str:
    """Say what a Socket.IO packet is, in one line."""
    parts = [socket.kind]
    if socket.namespace != "/":
        parts.append(f"namespace {socket.namespace}")
    if socket.id is not None:
        answers = "answers" if socket.kind in ("ack", "binary ack") else "wants acknowledgement"
        parts.append(f"{answers} {socket.id}")
    if socket.attachments:
        there = socket.attachments - socket.waiting
        parts.append(f"{there} of {socket.attachments} attachments are there")
    if socket.problem:
        parts.append(f"! {socket.problem}")
    return ", ".join(parts)


def _json(value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        return f"<{len(value)} bytes: {hexed(bytes(value), 8)}>"
    if isinstance(value, dict) and value.get("_placeholder"):
        return f"<attachment {value.get('num')}>"
    try:
        return json.dumps(value, ensure_ascii=False, default=_json)
    except (ValueError, RecursionError):
        return "<too deep>"


def _content_size(socket: SocketPacket, engine: EnginePacket) -> int:
    if isinstance(engine.data, bytes):
        return len(engine.data)
    if len(socket.arguments) == 1 and isinstance(socket.arguments[0], str):
        return min(_size(socket.arguments[0]), _size(engine.data))
    texts = (_compact(argument) for argument in socket.arguments)
    return min(sum(map(len, texts)), _size(engine.data))


def _compact(value: Any) -> bytes:
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str).encode(
            "utf-8", "surrogatepass"
        )
    except (ValueError, RecursionError):
        return b""


def _text(data: str | bytes) -> str:
    return hexed(data) if isinstance(data, bytes) else data


def _size(data: str | bytes) -> int:
    return len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "surrogatepass"))


# HTTP

VARYING = ("host", "date", "server", "user-agent", "sec-websocket-key", "sec-websocket-accept")
"""Headers whose values are others in each run, or with each version."""


def http_layers(
    message: HttpMessage,
    findings: tuple[Finding, ...] = (),
    packets: tuple[tuple[EnginePacket, SocketPacket | None], ...] = (),
) -> tuple[Layer, ...]:
    """Return the layers of an HTTP message, with the packets in its body."""
    layers = [layer for pair in packets for layer in packet_layers(*pair)]
    judged = {finding.name.lower(): finding for finding in findings}
    first, _, rest = message.head.partition(b"\r\n")
    fields = [Field("", first.decode("latin-1"), "", 0, len(first))]
    at = len(first) + 2
    for line in rest.split(b"\r\n"):
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            found = judged.get(name.strip().lower())
            meaning = "" if found is None else found.purpose
            if found is not None and found.problem:
                meaning = f"{meaning}; but {found.problem}"
            varies = name.strip().lower() in VARYING
            fields.append(Field(name.strip(), value.strip(), meaning, at, len(line), varies))
        at += len(line) + 2
    absent = [
        Field(finding.name, "", f"{finding.purpose}; but {finding.problem}", 0, 0)
        for finding in findings
        if finding.problem == "it is missing"
    ]
    if message.body:
        fields.append(
            Field("body", visible(message.body.decode("utf-8", "backslashreplace")), "", at - 2, 0)
        )
    content = sum(_size(engine.encoded) for engine, _ in packets)
    return (
        *layers,
        Layer(
            "HTTP request" if message.is_request else "HTTP response",
            f"{message.start_line}, {message.length} bytes of body",
            message.size - content,
            (*fields, *absent),
            (message.head + message.body)[:SHOWN],
        ),
    )
