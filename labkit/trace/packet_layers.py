"""The layers of an Engine.IO packet, and of the Socket.IO packet in it."""

from __future__ import annotations

import json
from typing import Any

from labkit.protocols.engineio import SETTINGS, EnginePacket, size_of
from labkit.protocols.socketio import SocketPacket, in_json
from labkit.trace.layers import Field, Layer, show_hex
from labkit.untrusted import plain_text


def packet_layers(engine: EnginePacket, socket: SocketPacket | None) -> tuple[Layer, ...]:
    """Return the layers of one packet, the event first."""
    inner = size_of(engine.data)
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
    data = "" if socket is not None or settings else f" {plain_text(_text(engine.data), 40)}"
    problem = f" ! {engine.problem}" if engine.problem else ""
    layers.append(
        Layer("Engine.IO packet", f"{engine.kind}{data}{problem}", engine.added + inner, fields)
    )
    return tuple(layers)


def call_of(socket: SocketPacket) -> str:
    """Return an event or acknowledgement as a call: ``chat message("hello")``."""
    arguments = ", ".join(map(in_json, socket.arguments))
    return plain_text(f"{socket.event or 'ack'}({arguments})", 200)


def socket_summary(socket: SocketPacket) -> str:
    """Say what a Socket.IO packet is, in one line."""
    parts = [socket.kind]
    if socket.serializer:
        parts.append(f"written by {socket.serializer}")
    if socket.namespace != "/" or "connect" in socket.kind:
        parts.append(f"namespace {socket.namespace}")
    if socket.id is not None:
        answers = "answers" if socket.kind in ("ack", "binary ack") else "wants acknowledgement"
        parts.append(f"{answers} {socket.id}")
    if socket.attachments:
        there = socket.attachments - socket.waiting
        several = "attachment follows" if socket.attachments == 1 else "attachments follow"
        follow = f"{socket.attachments} {several}"
        parts.append(f"{there} of {socket.attachments} attachments are there" if there else follow)
    if socket.problem:
        parts.append(f"! {socket.problem}")
    return ", ".join(parts)


def packet_summary(engine: EnginePacket, socket: SocketPacket | None) -> str:
    """Say what a packet is, in a few words."""
    if socket is not None and socket.event and not socket.waiting:
        call = call_of(socket)
        return call if socket.namespace == "/" else f"{socket.namespace} {call}"
    if socket is not None and socket.kind in ("ack", "binary ack") and not socket.waiting:
        return f"{call_of(socket)} answers {socket.id}"
    if socket is not None:
        return socket_summary(socket)
    data = "" if engine.settings else engine.data
    shown = show_hex(data) if isinstance(data, bytes) else data
    return f"Engine.IO {engine.kind} {shown}".strip()


def summary_beside_kind(kind: str, engine: EnginePacket, socket: SocketPacket | None) -> str:
    """Say what a packet is, where its kind is shown already."""
    summary = packet_summary(engine, socket)
    if socket is None:
        return summary.replace(f"Engine.IO {kind}", "Engine.IO", 1)
    return summary.removeprefix(f"{kind}, ")


def _content_size(socket: SocketPacket, engine: EnginePacket) -> int:
    if socket.content_size is not None:
        return min(socket.content_size, size_of(engine.data))
    if isinstance(engine.data, bytes):
        return len(engine.data)
    if len(socket.arguments) == 1 and isinstance(socket.arguments[0], str):
        return min(size_of(socket.arguments[0]), size_of(engine.data))
    texts = (_compact(argument) for argument in socket.arguments)
    return min(sum(map(len, texts)), size_of(engine.data))


def _compact(value: Any) -> bytes:
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str).encode(
            "utf-8", "surrogatepass"
        )
    except (ValueError, TypeError, RecursionError):
        return b""


def _text(data: str | bytes) -> str:
    return show_hex(data) if isinstance(data, bytes) else data
