"""Event streams in the chunks of HTTP. `test_connection_decoder.py` splits them anywhere."""

from __future__ import annotations

import h11
import pytest

from labkit.protocols.event_stream import format_block
from labkit.protocols.http1 import MAX_BODY_KEPT
from labkit.protocols.message_reader import MessageReader, Part
from labkit.protocols.streamed import MAX_PIECES, Piece, StreamedBlock, StreamEnd
from tests.support.streams import GET, LAST_CHUNK, chunk, stream_head

A, B = format_block(data="a"), format_block(data="b")


def read(body: bytes, framing: str = "Transfer-Encoding: chunked", end: bool = True) -> list[Part]:
    """Return what is read of a body, behind the head; sizes must add up."""
    asked = MessageReader(None)
    asked.feed(GET, 1)
    reader = MessageReader(asked.message)
    head = stream_head(framing=framing)
    reader.feed(head, 1)
    reader.take()
    reader.feed(body, 1)
    found = reader.take()
    rest = reader.size
    if end:
        reader.close(1)
        found += reader.take()
        rest = 0
    assert rest + sum(part.size for part in found) == len(body)
    return found


def blocks(body: bytes) -> list[tuple[str | None, int, tuple[Piece, ...]]]:
    """Return the data of each block, its size on the wire, and its pieces."""
    found = [part for part in read(body, end=False) if isinstance(part, StreamedBlock)]
    return [(each.block.data, each.size, each.pieces) for each in found]


def test_an_event_in_a_chunk_of_its_own() -> None:
    """All of the chunk belongs to it, with the line end behind it."""
    whole = Piece(b"9\r\n", 9, b"\r\n")
    assert blocks(chunk(A) + chunk(B)) == [("a", 14, (whole,)), ("b", 14, (whole,))]


def test_it_waits_for_the_end_of_its_chunk() -> None:
    """Until the line end has come that belongs to it."""
    assert blocks(chunk(A)[:-1]) == []


def test_several_events_in_a_chunk() -> None:
    """Its header belongs to the first, its end to the last."""
    assert blocks(chunk(A + B + A)) == [
        ("a", 13, (Piece(b"1b\r\n", 9, b""),)),
        ("b", 9, (Piece(b"", 9, b""),)),
        ("a", 11, (Piece(b"", 9, b"\r\n"),)),
    ]


def test_an_event_over_several_chunks() -> None:
    """It has a piece of each, also of those that it shares."""
    assert blocks(chunk(A + B[:2]) + chunk(B[2:])) == [
        ("a", 12, (Piece(b"b\r\n", 9, b""),)),
        ("b", 16, (Piece(b"", 2, b"\r\n"), Piece(b"7\r\n", 7, b"\r\n"))),
    ]


def test_more_chunks_than_are_kept() -> None:
    """They are counted."""
    (block,) = read(b"".join(chunk(bytes([each])) for each in b"data: " + b"x" * 50 + b"\n\n"))
    assert isinstance(block, StreamedBlock)
    assert (len(block.pieces), block.piece_count) == (MAX_PIECES, 58)


@pytest.mark.parametrize("framing", ["", f"Content-Length: {len(A)}"])
def test_without_chunks(framing: str) -> None:
    """A body that ends with its connection, or has a length, has events without framing."""
    block, *end = read(A, framing)
    assert isinstance(block, StreamedBlock) and (block.size, block.pieces) == (len(A), ())
    assert end == ([StreamEnd(1, b"", 0, is_announced=True, size=0)] if framing else [])


def test_the_end() -> None:
    """An empty chunk announces it; an end of the connection is none to speak of."""
    assert read(chunk(A))[1:] == []
    (end,) = read(LAST_CHUNK)
    assert end == StreamEnd(1, b"", 0, is_announced=True, size=5)
    (end,) = read(chunk(A) + b"5\r\n")[1:]
    assert end == StreamEnd(1, b"", 0, is_announced=False, size=3)
    (end,) = read(chunk(A + b"data") + b"5\r\n")[1:]
    assert end == StreamEnd(1, b"data", 4, is_announced=False, size=9)


def test_a_block_of_which_only_a_part_is_kept() -> None:
    """The bound is one for each block, not for the stream."""
    long = format_block(data="x" * (MAX_BODY_KEPT + 1))
    first, *others = read(chunk(long) + chunk(A) * 3)
    assert isinstance(first, StreamedBlock) and not first.block.is_whole
    assert first.data == long[:MAX_BODY_KEPT] and first.block.size == len(long)
    assert [part.block.data for part in others if isinstance(part, StreamedBlock)] == ["a"] * 3


def test_what_is_no_chunk() -> None:
    """The blocks before it are not lost with it."""
    asked = MessageReader(None)
    asked.feed(GET, 1)
    reader = MessageReader(asked.message)
    with pytest.raises(h11.ProtocolError):
        reader.feed(stream_head() + chunk(A) + b"no chunk\r\n", 1)
    assert [part.size for part in reader.take()][1:] == [14] and reader.raw == b"no chunk\r\n"
