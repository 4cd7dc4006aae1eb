"""Event streams, by the cases of the standard, in any split, and written so that they are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.protocols.event_stream import Block, EventStreamParser, format_block
from tests.support.pieces import cut

CASES: dict[str, tuple[bytes, list[dict[str, object]]]] = {
    "an event": (b"data: a\n\n", [{"data": "a"}]),
    "lines of data are joined": (b"data: a\ndata: b\n\n", [{"data": "a\nb"}]),
    "CRLF": (b"data: a\r\nid: 1\r\n\r\ndata: b\r\n\r\n", [{"data": "a", "id": "1"}, {"data": "b"}]),
    "CR": (b"data: a\rid: 1\r\rdata: b\r\r", [{"data": "a", "id": "1"}, {"data": "b"}]),
    "all line ends mixed": (b"data: a\r\ndata: b\rdata: c\n\r\n", [{"data": "a\nb\nc"}]),
    "a byte order mark": (b"\xef\xbb\xbfdata: a\n\n", [{"data": "a"}]),
    "a second one is part of the name": (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n", [{}]),
    "a comment": (b": heartbeat\n\n", [{"comments": ("heartbeat",)}]),
    "comments among fields": (
        b":a\ndata: x\n:\n\n",
        [{"data": "x", "comments": ("a", "")}],
    ),
    "one space is removed": (b"data:a\n\ndata:  a \n\n", [{"data": "a"}, {"data": " a "}]),
    "data without a value, as in the standard": (
        b"data\n\ndata\ndata\n\ndata:",
        [{"data": ""}, {"data": "\n"}],
    ),
    "an id without data": (b"id: 7\n\n", [{"id": "7"}]),
    "an empty id": (b"id\ndata: a\n\n", [{"data": "a", "id": ""}]),
    "an id with NUL is ignored": (b"id: 1\nid: 2\x003\ndata: a\n\n", [{"data": "a", "id": "1"}]),
    "an event's type": (
        b"event: x\nevent: y\ndata: a\n\nevent: z\n\n",
        [{"event": "y", "data": "a"}, {"event": "z"}],
    ),
    "retry takes digits only": (
        "retry: 10\n\nretry: 1.5\n\nretry: -1\n\nretry:\n\nretry: ٣\n\n".encode(),
        [{"retry": 10}, {}, {}, {}, {}],
    ),
    "a retry time that no clock knows": (b"retry: " + b"9" * 5000 + b"\n\n", [{}]),
    "unknown fields, and names in another case": (b"Data: a\nfoo: b\n data: c\n\n", [{}]),
    "bytes that are not UTF-8": (b"data: a\xff\xc3\n\n", [{"data": "a\ufffd\ufffd"}]),
    "colons in a value": (b"data: a: b\n\n", [{"data": "a: b"}]),
    "other line separators are text": (
        "data: a\x0b\x0c\x85\u2028b\n\n".encode(),
        [{"data": "a\x0b\x0c\x85\u2028b"}],
    ),
    "empty lines before a block": (b"\n\r\n\rdata: a\n\n\n", [{"data": "a"}]),
    "a block that does not end": (b"data: a\n\ndata: b\n", [{"data": "a"}]),
}

PIECES = [b"data: a", b"data", b"id: 1\0", b": c", b"\r", b"\n", b"\r\n", b"\xef\xbb\xbf", b"\xc3"]


def read(chunks: list[bytes], limit: int = 10_000) -> list[Block]:
    """Return the blocks in chunks, to the end of the stream."""
    parser = EventStreamParser(limit)
    return [*(block for chunk in chunks for block in parser.feed(chunk)), *parser.end()]


def without_size(block: Block) -> dict[str, object]:
    """Return what is not the default, the size apart."""
    return {
        name: getattr(block, name)
        for name in Block.__dataclass_fields__
        if name != "size" and getattr(block, name) != getattr(Block(), name)
    }


@pytest.mark.parametrize("case", CASES)
def test_a_case_of_the_standard(case: str) -> None:
    """Each is read as the standard says, at once or byte by byte."""
    stream, expected = CASES[case]
    assert [without_size(block) for block in read([stream])] == expected
    assert read([stream[at : at + 1] for at in range(len(stream))]) == read([stream])


@given(st.lists(st.sampled_from(PIECES)), st.lists(st.integers(0, 500)), st.integers(1, 20))
def test_any_split(pieces: list[bytes], places: list[int], limit: int) -> None:
    """Wherever a stream is split, the blocks and their sizes are the same."""
    stream = b"".join(pieces)
    assert read(cut(stream, places), limit) == read([stream], limit)


@given(st.lists(st.sampled_from(PIECES)))
def test_sizes_count_every_byte(pieces: list[bytes]) -> None:
    """The sizes of the blocks, and what is pending behind them, add up to the stream."""
    stream, parser = b"".join(pieces), EventStreamParser()
    blocks = [*parser.feed(stream), *parser.end()]
    assert sum(block.size for block in blocks) + parser.pending == len(stream)


def test_where_a_block_ends() -> None:
    """With CRLF behind both bytes; with CR at once, without a byte more."""
    parser = EventStreamParser()
    assert parser.feed(b"data: a\r\n\r") == []
    assert [block.size for block in parser.feed(b"\n")] == [11]
    assert [block.size for block in parser.feed(b"data: a\r\r")] == [9]


def test_the_end_of_a_stream() -> None:
    """It completes a block of which half an empty line has come, and no other."""
    parser = EventStreamParser()
    assert parser.feed(b"data: a\r\n\r") == [] and [b.data for b in parser.end()] == ["a"]
    parser.feed(b"data: a\n")
    assert parser.end() == [] and parser.pending == 8


def test_a_block_beyond_the_limit() -> None:
    """It is not whole, keeps what came first, and the next one is; without an end it is counted."""
    first, second = read([b"data: abcdef\nid: 1\nevent\n\ndata: a\n\n"], limit=9)
    assert (first.data, first.id, first.event, first.is_whole) == ("abc", None, None, False)
    assert (second.data, second.is_whole) == ("a", True)
    parser = EventStreamParser(limit=10)
    for _ in range(1000):
        assert parser.feed(b"x" * 1000) == []
    assert parser.pending == 1_000_000 and len(parser._line) == 10


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
ONE_LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"))


@given(
    st.none() | ONE_LINE, st.none() | TEXT, st.none() | ONE_LINE, st.none() | st.integers(0, 10**9)
)
def test_what_is_written_is_read(
    event: str | None, data: str | None, id: str | None, retry: int | None
) -> None:
    """A block of any values is read as it was written, but for its line ends."""
    (block,) = read([format_block(event=event, data=data, id=id, retry=retry, comment="c")])
    lines = None if data is None else data.replace("\r\n", "\n").replace("\r", "\n")
    assert (block.event, block.data, block.id, block.retry) == (event, lines, id, retry)
    assert block.comments == ("c",)


def test_a_block_as_it_is_written() -> None:
    """Fields stand in one order, data and comments in as many lines as they have."""
    written = format_block(event="e", data="a\r\nb", id="7", retry=1, comment="c\nd")
    assert written == b": c\n: d\nevent: e\nid: 7\nretry: 1\ndata: a\ndata: b\n\n"
    assert format_block(event="heartbeat", data="") == b"event: heartbeat\ndata:\n\n"


@pytest.mark.parametrize("bad", [{"event": "a\nb"}, {"id": "a\rb"}, {"id": "\0"}, {"retry": -1}])
def test_what_cannot_be_written(bad: dict[str, str | int]) -> None:
    """Values that would be read as something else are refused."""
    with pytest.raises(ValueError, match=next(iter(bad))):
        format_block(**bad)  # type: ignore[arg-type]
