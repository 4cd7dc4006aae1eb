"""What a row says of what was decoded, and of what happened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal, NamedTuple

from labkit.protocols.decoded import Decoded, DecodedHttp, DecodedMessage, is_engineio
from labkit.protocols.directions import Direction
from labkit.protocols.handshake import Finding, judge_request, judge_response
from labkit.protocols.http1 import Garbage, HttpMessage
from labkit.protocols.messages import UNENDED, Message
from labkit.protocols.redaction import redact
from labkit.trace.frame_layers import message_summary, websocket_layers
from labkit.trace.http_layers import http_layers
from labkit.trace.layers import MAX_TEXT_SHOWN, Layer, hide_sids, show_hex
from labkit.trace.packet_layers import packet_summary, summary_beside_kind
from labkit.trace.records import Record
from labkit.untrusted import plain_text


class Mistake(NamedTuple):
    """A mistake of labkit's own, made while it decoded a record."""

    record: Record
    error: BaseException


Item = Decoded | Record | Mistake
"""What becomes a row: what was decoded, a record that is a fact, or a mistake."""


class Wording(NamedTuple):
    """What a row says; see `labkit.trace.rows.Row`."""

    direction: Direction | Literal[""]
    kind: str
    size: int
    content: str
    payload: bytes = b""
    problem: str = ""
    decoded: HttpMessage | Message | None = None
    layers: Callable[[], tuple[Layer, ...]] = tuple
    packets: tuple[str, ...] = ()


def describe_item(item: Item) -> Wording:
    """Return what the row for an item says."""
    if isinstance(item, DecodedMessage):
        return _message(item) if item.has_ended else _unended(item)
    if isinstance(item, DecodedHttp):
        return _http(item)
    if isinstance(item, Garbage):
        data = item.data
        return Wording(item.direction, "garbage", item.size, show_hex(data), data, item.why)
    if isinstance(item, Mistake):
        return _mistake(item)
    return _fact(item)


def _message(item: DecodedMessage) -> Wording:
    direction, message, packet = item.direction, item.message, item.packet
    if packet is None:
        kind, problem, content = message.kind, message.problem, message_summary(message)
        layers = partial(websocket_layers, message)
    else:
        kind, problem = packet.kind, packet.problem
        content = plain_text(summary_beside_kind(kind, *packet), MAX_TEXT_SHOWN)
        layers = partial(websocket_layers, message, *packet)
    size, payload = message.size, message.content
    return Wording(direction, kind, size, content, payload, problem, message, layers)


def _unended(item: DecodedMessage) -> Wording:
    message = item.message
    content, payload = message_summary(message), message.content
    return Wording(item.direction, "garbage", message.size, content, payload, UNENDED)


def _http(item: DecodedHttp) -> Wording:
    message, request, packets = redact(item.message), item.request, item.packets
    findings = _findings(request, message)
    content = hide_sids(message.start_line)
    if not message.is_request and is_engineio(request) and not message.switches:
        content += f", answers {request.method}"
    if packets:
        content += f"  [{'; '.join(packet_summary(*packet) for packet in packets)}]"
    return Wording(
        item.direction,
        "request" if message.is_request else "response",
        message.size,
        plain_text(content, 200),
        message.body,
        next((f"{each.name}: {each.problem}" for each in findings if each.problem), ""),
        message,
        partial(http_layers, message, findings, packets),
        tuple(engine.kind if socket is None else socket.kind for engine, socket in packets),
    )


def _findings(request: HttpMessage, message: HttpMessage) -> tuple[Finding, ...]:
    if not request.header("Upgrade"):
        return ()
    return judge_request(message) if message.is_request else judge_response(request, message)


def _fact(record: Record) -> Wording:
    kind, _, words = record.fact.partition(": ")
    if kind in ("error", "unreadable"):
        return Wording(record.direction, kind, 0, "", problem=words)
    return Wording(record.direction, kind, 0, plain_text(words, 200))


def _mistake(item: Mistake) -> Wording:
    chunk = item.record.chunk
    why = f"labkit could not decode this, which is a mistake of its own: {item.error!r}"
    content, problem = show_hex(chunk), plain_text(why, 300)
    return Wording(item.record.direction, "garbage", len(chunk), content, problem=problem)
