"""What a row says of what was decoded, and of what happened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal, NamedTuple

from labkit.protocols.decoded import (
    Decoded,
    DecodedBlock,
    DecodedEnd,
    DecodedHttp,
    DecodedMessage,
    is_engineio,
)
from labkit.protocols.directions import Direction
from labkit.protocols.envelopes import Carried, ChatFrame, find_number, find_purpose
from labkit.protocols.handshake import Finding, judge_request, judge_response
from labkit.protocols.http1 import Garbage, HttpMessage
from labkit.protocols.messages import UNENDED, Message
from labkit.protocols.redaction import redact
from labkit.protocols.streamed import StreamedBlock, StreamEnd
from labkit.trace.chat_layers import batch_text, frame_layers, frame_text
from labkit.trace.frame_layers import message_summary, websocket_layers
from labkit.trace.http_layers import http_layers
from labkit.trace.layers import MAX_TEXT_SHOWN, Layer, hide_ids, show_hex
from labkit.trace.packet_layers import packet_summary, summary_beside_kind
from labkit.trace.records import Record
from labkit.trace.stream_layers import block_layers, describe_block
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
    decoded: HttpMessage | Message | StreamedBlock | StreamEnd | None = None
    layers: Callable[[], tuple[Layer, ...]] = tuple
    packets: tuple[str, ...] = ()


def describe_item(item: Item) -> Wording:
    """Return what the row for an item says."""
    if isinstance(item, DecodedMessage):
        return _message(item) if item.has_ended else _unended(item)
    if isinstance(item, DecodedHttp):
        return _http(item)
    if isinstance(item, DecodedBlock):
        return _block(item)
    if isinstance(item, DecodedEnd):
        return _stream_end(item)
    if isinstance(item, Garbage):
        data = item.data
        return Wording(item.direction, "garbage", item.size, show_hex(data), data, item.why)
    if isinstance(item, Mistake):
        return _mistake(item)
    return _fact(item)


def _message(item: DecodedMessage) -> Wording:
    direction, message, packet = item.direction, item.message, item.packet
    layers: Callable[[], tuple[Layer, ...]]
    kind: str
    if item.chat is not None:
        kind, problem, content = item.chat.kind, "", frame_text(item.chat)
        layers = partial(_chat_layers, item.chat, message)
    elif packet is None:
        kind, problem, content = message.kind, message.problem, message_summary(message)
        layers = partial(websocket_layers, message)
    else:
        kind, problem = packet.kind, packet.problem
        content = plain_text(summary_beside_kind(kind, *packet), MAX_TEXT_SHOWN)
        layers = partial(websocket_layers, message, *packet)
    size, payload = message.size, message.content
    return Wording(direction, kind, size, content, payload, problem, message, layers)


def _chat_layers(frame: ChatFrame, message: Message) -> tuple[Layer, ...]:
    return frame_layers(frame, websocket_layers(message))


def _unended(item: DecodedMessage) -> Wording:
    message = item.message
    content, payload = message_summary(message), message.content
    return Wording(item.direction, "garbage", message.size, content, payload, UNENDED)


def _http(item: DecodedHttp) -> Wording:
    message, request, packets = redact(item.message), item.request, item.packets
    findings = _findings(request, message)
    content = hide_ids(message.start_line)
    if not message.is_request and is_engineio(request) and not message.switches:
        content += f", answers {request.method}"
    content += _purpose(item)
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
        partial(http_layers, message, findings, packets, item.batch),
        tuple(engine.kind if socket is None else socket.kind for engine, socket in packets),
    )


def _purpose(item: DecodedHttp) -> str:
    """Say what a request or a response is for, if a chat over HTTP knows."""
    message, purpose = item.message, find_purpose(item.request)
    if message.opens_stream:
        return ", opens an event stream"
    if item.batch is not None:
        return f"  [{batch_text(item.batch)}]"
    if message.is_request or message.status != 204:
        return ""
    if purpose == "post":
        number = find_number(item.request)
        return f", acknowledges message {number}" if number else ", acknowledges nothing"
    return ", nothing new" if purpose == "poll" else ""


def _block(item: DecodedBlock) -> Wording:
    streamed, words = item.streamed, describe_block(item)
    payload = streamed.data
    if isinstance(item.carried, Carried):
        payload = item.carried.data
    elif streamed.block.data is not None:
        payload = streamed.block.data.encode()
    layers = partial(block_layers, item)
    kind, content, problem = words
    size = streamed.size
    return Wording(item.direction, kind, size, content, payload, problem, streamed, layers)


def _stream_end(item: DecodedEnd) -> Wording:
    end = item.end
    if end.unended:
        shown = show_hex(end.data)
        why = "the stream ended within a block, so no reader sees it"
        return Wording(item.direction, "garbage", end.size, shown, end.data, why)
    if not end.is_announced:
        why = "the stream broke off within a chunk"
        return Wording(item.direction, "garbage", end.size, "", b"", why)
    content = "the event stream ends, with an empty chunk"
    layers = partial(tuple, (Layer("HTTP chunk", "empty: nothing follows", end.size),))
    return Wording(item.direction, "end", end.size, content, decoded=end, layers=layers)


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
