"""The layers of a WebSocket message: each field of its frames under its bytes."""

from __future__ import annotations

from websockets.utils import apply_mask

from labkit.protocols.engineio import EnginePacket
from labkit.protocols.frames import Frame
from labkit.protocols.messages import Message
from labkit.protocols.sizes import size_in_words
from labkit.protocols.socketio import SocketPacket
from labkit.trace.layers import (
    MAX_LAYER_SHOWN,
    MAX_TEXT_SHOWN,
    Field,
    Layer,
    show_hex,
    show_text,
)
from labkit.trace.packet_layers import packet_layers
from labkit.untrusted import plain_text


def websocket_layers(
    message: Message, engine: EnginePacket | None = None, socket: SocketPacket | None = None
) -> tuple[Layer, ...]:
    """Return the layers of a WebSocket message, with what Socket.IO made of it."""
    layers = list(packet_layers(engine, socket)) if engine is not None else []
    if engine is None and message.length:
        is_data = message.kind in ("text", "binary")
        shown = _content(message)
        if message.close_code is not None:
            shown = f"{message.close_code} {message.close_reason}".strip()
        layers = [
            Layer(
                "message" if is_data else f"payload of {message.kind}",
                plain_text(shown, MAX_TEXT_SHOWN),
                message.length,
                (),
                message.content[:MAX_LAYER_SHOWN],
            )
        ]
    if message.compressed:
        on_wire = sum(frame.length for frame in message.frames)
        summary = f"{size_in_words(message.length)} as {on_wire}"
        layers.append(Layer("permessage-deflate", summary, on_wire - message.length))
    is_text = message.kind == "text" and not message.compressed
    layers += [frame_layer(frame, is_text) for frame in message.frames]
    if message.fragments > len(message.frames):
        more = message.fragments - len(message.frames)
        layers.append(Layer("WebSocket frame", f"and {more} more frames", 0))
    return tuple(layers)


def frame_layer(frame: Frame, is_text: bool = False) -> Layer:
    """Return a frame with each field of its header under its bytes.

    Whether its payload is text, a continuation frame does not say: that is known of its message.
    """
    payload = frame.payload[:MAX_LAYER_SHOWN]
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
                extended, f"{size_in_words(frame.length)} of payload"
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
        fields.append(_payload(frame, payload, len(header), is_text))
    fin = "" if frame.fin else "FIN 0, "
    summary = f"{fin}{frame.name}, {size_in_words(frame.length)}"
    summary += ", masked" if frame.mask else ""
    raw = header + masked + (payload if frame.mask else b"")
    return Layer("WebSocket frame", summary, len(header), tuple(fields), raw)


def message_summary(message: Message) -> str:
    """Say what a message holds, in one line."""
    if message.kind == "close":
        code = message.close_code
        reason = (
            f": {plain_text(message.close_reason, MAX_TEXT_SHOWN)}" if message.close_reason else ""
        )
        return f"{code}{reason}"
    return plain_text(_content(message), MAX_TEXT_SHOWN)


def _content(message: Message) -> str:
    if message.kind == "text":
        return message.text
    is_control = message.kind in ("ping", "pong")
    return show_text(message.content) if is_control else show_hex(message.content)


def _payload(frame: Frame, payload: bytes, start: int, is_text: bool) -> Field:
    if frame.name == "close" and len(payload) > 1:
        code = int.from_bytes(payload[:2], "big")
        value = f"{code} {payload[2:].decode('utf-8', 'backslashreplace')}".strip()
    elif frame.name in ("ping", "pong"):
        value = show_text(payload)
    elif is_text:
        value = plain_text(payload.decode("utf-8", "backslashreplace"), MAX_TEXT_SHOWN)
    else:
        value = ""
    name = "payload, mask undone" if frame.mask else "payload"
    start += len(payload) if frame.mask else 0  # it follows the masked one in `raw`
    return Field(name, value, "", start, len(payload))
