"""The blocks of an event stream, in words and as layers."""

from __future__ import annotations

import re
from typing import NamedTuple

from labkit.protocols.decoded import DecodedBlock
from labkit.protocols.engineio import size_of
from labkit.protocols.envelopes import CURSOR, Carried, Lost
from labkit.protocols.event_stream import Block
from labkit.protocols.sizes import size_in_words
from labkit.protocols.streamed import Piece, StreamedBlock
from labkit.trace.chat_layers import carried_text, lost_text, message_layer
from labkit.trace.layers import MAX_LAYER_SHOWN, MAX_TEXT_SHOWN, Field, Layer, hide_ids
from labkit.untrusted import plain_text

MAX_LINES_SHOWN = 50
"""Lines of a block that are fields of its layer."""

MEANINGS = {
    "data": "a line of what the event says",
    "event": "its type; without one it is 'message'",
    "id": "the cursor from here on: whoever connects again sends it as Last-Event-ID",
    "retry": "milliseconds to wait before connecting again",
    "": "a comment, which no page sees",
}
"""What the fields of the standard mean."""

_KEEPS_ALIVE = re.compile(r"(heartbeat|keep-?alive|ping)\b|$", re.IGNORECASE)
_LINE = re.compile(rb"([^\r\n]*)(\r\n|\r|\n|$)")


class BlockWords(NamedTuple):
    """What the row of a block says."""

    kind: str
    content: str
    problem: str


def describe_block(item: DecodedBlock) -> BlockWords:
    """Return the kind of a block, its content in one line, and what is wrong with it.

    It is an "event" if it has data, or "lost" or a "heartbeat" if it was sent as one; a "retry"
    time, a "cursor" or a "comment" if that is all that it has; else it is "ignored".
    """
    block, carried = item.streamed.block, item.carried
    whole = "" if block.is_whole else f"longer than {len(item.streamed.data)} bytes: cut here"
    if isinstance(carried, Lost):
        return BlockWords("lost", lost_text(carried), whole)
    if _keeps_alive(block):
        words = block.data or "".join(block.comments[:1])
        return BlockWords("heartbeat", plain_text(words, MAX_TEXT_SHOWN), whole)
    cursor = f"  (id {plain_text(hide_ids(block.id), 40)})" if block.id else ""
    if isinstance(carried, Carried):
        return BlockWords("event", f"{carried_text(carried)}{cursor}", whole)
    if block.data is not None:
        name = f"{block.event}: " if block.event not in (None, "", "message") else ""
        return BlockWords(
            "event", f"{plain_text(name + block.data, MAX_TEXT_SHOWN)}{cursor}", whole
        )
    if block.retry is not None:
        return BlockWords("retry", f"{block.retry} ms before connecting again{cursor}", whole)
    if block.id is not None:
        content = plain_text(hide_ids(block.id), 40) or "none from here on"
        return BlockWords("cursor", content, whole)
    if block.comments:
        return BlockWords("comment", plain_text("; ".join(block.comments), MAX_TEXT_SHOWN), whole)
    return BlockWords("ignored", "without data it is no event", whole)


def _keeps_alive(block: Block) -> bool:
    """Whether a block is only there so that something is sent."""
    if block.data is not None:
        return bool(block.event) and bool(_KEEPS_ALIVE.match(block.event or ""))
    is_comment = block.comments and block.id is None and block.retry is None
    return bool(is_comment) and all(map(_KEEPS_ALIVE.match, block.comments))


def block_layers(item: DecodedBlock) -> tuple[Layer, ...]:
    """Return the layers of a block, what was said first."""
    streamed, carried = item.streamed, item.carried
    block = streamed.block
    size = 0 if block.data is None else min(size_of(block.data), block.size)
    layers = []
    if isinstance(carried, Carried):
        layers.append(message_layer(carried))
        layers.append(Layer("JSON", plain_text(block.data or "", 60), size - layers[0].added))
    elif block.data:
        text = plain_text(block.data, MAX_TEXT_SHOWN)
        layers.append(Layer("message", text, size, (), block.data.encode()[:MAX_LAYER_SHOWN]))
    fields = tuple(_fields(streamed.data[:MAX_LAYER_SHOWN]))
    names = ", ".join(dict.fromkeys(field.name for field in fields))
    layers.append(
        Layer(
            "event stream",
            plain_text(names, MAX_TEXT_SHOWN),
            block.size - size,
            fields,
            streamed.data[:MAX_LAYER_SHOWN],
        )
    )
    if streamed.pieces:
        layers.append(_chunks(streamed))
    return tuple(layers)


def _fields(data: bytes) -> list[Field]:
    fields: list[Field] = []
    for match in _LINE.finditer(data):
        start = match.start()
        line, end = match.groups()
        if len(fields) == MAX_LINES_SHOWN or not (line or end):
            break
        if line:
            fields.append(_field(line, start, len(line) + len(end)))
        elif fields:
            fields.append(Field("empty line", "", "the block ends", start, len(end)))
    return fields


def _field(line: bytes, start: int, length: int) -> Field:
    """Return the field of a line, whose bytes are those of its end, too."""
    name, _, value = line.decode("utf-8", "replace").removeprefix("\ufeff").partition(":")
    value = value.removeprefix(" ")
    meaning = MEANINGS.get(name, "ignored: the standard does not know it")
    varies = name == "id" and re.fullmatch(CURSOR, value) is not None
    if varies:
        meaning = f"the cursor behind message {value.partition('-')[2]}; its epoch is random"
    shown = plain_text(value, MAX_TEXT_SHOWN)
    return Field(plain_text(name, 40) or "comment", shown, meaning, start, length, varies)


def _chunks(streamed: StreamedBlock) -> Layer:
    """Return the layer of the chunks in which a block came, with their framing as its bytes."""
    raw, fields = b"", []
    for piece in streamed.pieces:
        fields += _piece(piece, len(raw))
        raw += piece.header + piece.end
    count = streamed.piece_count
    summary = f"in {count} chunks" if count > 1 else "in one chunk"
    if count == 1 and not (streamed.pieces[0].header and streamed.pieces[0].end):
        summary = "in a chunk with other blocks"
    if count > len(streamed.pieces):
        fields.append(Field("", "", f"and {count - len(streamed.pieces)} more chunks", 0, 0))
    return Layer("HTTP chunk", summary, streamed.size - streamed.block.size, tuple(fields), raw)


def _piece(piece: Piece, start: int) -> list[Field]:
    fields = []
    if piece.header:
        size = plain_text(piece.header.decode("latin-1").strip(), 20)
        meaning = "bytes of data, in hexadecimal"
        fields.append(Field("size", size, meaning, start, len(piece.header)))
    fields.append(Field("data", size_in_words(piece.size), "", start, 0))
    if piece.end:
        behind = start + len(piece.header)
        fields.append(Field("CRLF", "", "the chunk ends", behind, len(piece.end)))
    return fields
