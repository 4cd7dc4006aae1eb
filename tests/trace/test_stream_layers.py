"""The rows of an event stream. `tests/protocols/test_connection_decoder.py` splits it anywhere."""

from __future__ import annotations

import re

import pytest

from labkit.protocols.event_stream import format_block
from labkit.trace.rows import Row
from tests.support.streams import EPOCH, GET, LAST_CHUNK, chunk, stream_head
from tests.support.traces import recorded
from tests.support.untrusted import HOSTILE, hidden_in


def rows(*chunks: bytes) -> list[Row]:
    """Return the rows of a stream that is open."""
    head = stream_head()
    trace = recorded(("upstream", GET), ("downstream", head + b"".join(map(chunk, chunks))))
    return list(trace.rows())[3:]


CASES = [
    (format_block(data='{"text": "hello"}', id=f"{EPOCH}-7"), "event", "hello  (id …-7)"),
    (format_block(data='{"text": "welcome"}'), "event", "welcome"),
    (format_block(data='{"base64": "AQI="}'), "event", "01 02"),
    (format_block(event="news", data="a\nb"), "event", "news: a␊b"),
    (format_block(data="a", id="7"), "event", "a  (id 7)"),
    (format_block(event="lost", data="1"), "lost", "at most 1 message is no longer in the history"),
    (
        format_block(event="lost", data="null"),
        "lost",
        "nobody knows how many messages: the cursor is another server's",
    ),
    (format_block(event="heartbeat", data=""), "heartbeat", ""),
    (format_block(event="ping", data="12"), "heartbeat", "12"),
    (format_block(comment="ping - 2026-01-01"), "heartbeat", "ping - 2026-01-01"),
    (format_block(comment=""), "heartbeat", ""),
    (format_block(comment="hello"), "comment", "hello"),
    (format_block(retry=1000), "retry", "1000 ms before connecting again"),
    (format_block(id=f"{EPOCH}-7"), "cursor", "…-7"),
    (format_block(id="7"), "cursor", "7"),
    (format_block(id=""), "cursor", "none from here on"),
    (format_block(event="a"), "ignored", "without data it is no event"),
]


@pytest.mark.parametrize(("block", "kind", "content"), CASES)
def test_a_block_is_a_row(block: bytes, kind: str, content: str) -> None:
    """Its kind and content say what it is for, and its layers add up to its bytes."""
    (row,) = rows(block)
    assert (row.kind, row.content, row.problem) == (kind, content, "")
    assert row.size == len(chunk(block)) == sum(layer.added for layer in row.layers)
    assert row.is_heartbeat == (kind == "heartbeat")


def test_the_layers_of_a_message() -> None:
    """From what was said, through JSON and the fields of the stream, to the chunk."""
    (row,) = rows(format_block(data='{"text": "hello"}', id=f"{EPOCH}-7"))
    assert row.payload == b"hello"
    assert repr(row.open()).splitlines() == [
        "← event             46 B  hello  (id …-7)",
        "  message  +5 B  hello",
        '  JSON  +12 B  {"text": "hello"}',
        "  event stream  +23 B  id, data, empty line",
        "      varies                   id (the cursor behind message 7; its epoch is random)",
        "      64 61 74 61 3a 20 7b 22 74 65 78 74 22 3a 20 22 68 65 6c 6c 6f 22 7d 0a "
        'data: {"text": "hello"} (a line of what the event says)',
        "      0a                       empty line (the block ends)",
        "  HTTP chunk  +6 B  in one chunk",
        "      size: 28 (bytes of data, in hexadecimal)",
        "      data: 40 bytes",
        "      CRLF (the chunk ends)",
    ]


def test_each_field_is_under_its_bytes() -> None:
    """With what its line ends with, so that all bytes are there, also behind a byte order mark."""
    (row,) = rows(b"\xef\xbb\xbfid: 7\r\n: c\r\ndata: a\r\nfoo\r\n\r\n")
    _, layer, _ = row.layers
    found = {f.name: layer.raw[f.start : f.start + f.length] for f in layer.fields}
    assert found == {
        "id": b"\xef\xbb\xbfid: 7\r\n",
        "comment": b": c\r\n",
        "data": b"data: a\r\n",
        "foo": b"foo\r\n",
        "empty line": b"\r\n",
    }
    assert b"".join(found.values()) == layer.raw


def test_how_blocks_share_chunks() -> None:
    """It is said of each."""
    block = format_block(data="a")
    one, two, three = rows(block + block, block[:1], block[1:])
    summaries = [row.layers[-1].summary for row in (one, two, three)]
    assert summaries == ["in a chunk with other blocks"] * 2 + ["in 2 chunks"]
    layer = three.layers[-1]
    framing = [layer.raw[f.start : f.start + f.length] for f in layer.fields if f.length]
    assert framing == [b"1\r\n", b"\r\n", b"8\r\n", b"\r\n"] and layer.added == len(layer.raw)
    assert [f.value for f in layer.fields if f.name == "data"] == ["1 byte", "8 bytes"]


def test_a_block_that_is_too_long() -> None:
    """What is kept of it is shown, and that it was cut."""
    (row,) = rows(format_block(data="x" * 300_000))
    assert row.kind == "event" and row.problem == "longer than 262144 bytes: cut here"


def test_the_end_of_a_stream() -> None:
    """An empty chunk is a row, an end by FIN is none; half a block was seen by nobody."""

    def ended(rest: bytes) -> list[str]:
        trace = recorded(("upstream", GET), ("downstream", stream_head() + rest))
        trace.note(1, "half-closed", "downstream")
        return [f"{row.kind} {row.problem}".strip() for row in trace.rows()[3:]]

    assert ended(LAST_CHUNK) == ["end", "half-closed"]
    assert ended(b"") == ["half-closed"]
    why = "the stream ended within a block, so no reader sees it"
    assert ended(b"5\r\ndata") == [f"garbage {why}", "half-closed"]
    assert ended(b"5\r\n") == ["garbage the stream broke off within a chunk", "half-closed"]


@pytest.mark.parametrize("field", ["event", "id", "comment", "data"])
def test_hostile_words(field: str) -> None:
    """Nothing that is hidden in a field comes through, neither in the row nor in its layers."""
    text = re.sub("[\r\n\0]", " ", HOSTILE.encode("utf-8", "replace").decode())
    more = {} if field == "data" else {"data": "a"}
    for row in rows(format_block(**{field: text}, **more)):  # type: ignore[arg-type]
        assert not hidden_in(repr(row)) and not hidden_in(repr(row.open()).replace("\n", ""))
