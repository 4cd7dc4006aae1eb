"""Frames split into units."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.protocols.frame_splitter import MAX_UNIT, FrameSplitter
from labkit.protocols.frames import FrameDecoder
from labkit.protocols.units import Agreed, Unit
from tests.support.pieces import FILE_EVENT, FRAMES, cut, joined, kinds, small_units, units
from tests.support.raw import BINARY, CLOSE, CONTINUATION, PING, TEXT, frame

ENGINE = Agreed(is_engineio=True)
BEGIN, MIDDLE, LAST = (
    frame(TEXT, b"a", fin=False),
    frame(CONTINUATION, b"b", fin=False),
    frame(CONTINUATION, b"c"),
)
FILE, ONE, TWO = frame(TEXT, FILE_EVENT), frame(BINARY, b"one"), frame(BINARY, b"two")
BEAT, CLOSING = frame(TEXT, b"2"), frame(CLOSE, b"\x03\xe8")
EVENT = frame(TEXT, b'42["m"]')
MANY = frame(TEXT, b"4511-[]")


@pytest.mark.parametrize(
    ("frames", "agreed", "wanted"),
    [
        ([EVENT, frame(PING), TWO], Agreed(), [[0], [1], [2]]),
        ([BEGIN, MIDDLE, LAST], Agreed(), [[0, 1, 2]]),
        ([BEGIN, frame(PING), LAST, EVENT], Agreed(), [[1], [0, 2], [3]]),
        ([FILE, ONE, TWO], Agreed(), [[0], [1], [2]]),
        ([FILE, ONE, TWO, EVENT], ENGINE, [[0, 1, 2], [3]]),
        ([FILE, BEAT, ONE, frame(PING), TWO], ENGINE, [[1], [3], [0, 2, 4]]),
        ([FILE, BEGIN, LAST, ONE, TWO], ENGINE, [[1, 2], [0, 3, 4]]),
        ([FILE, ONE, EVENT, TWO], ENGINE, [[0, 1], [2], [3]]),
        ([FILE, ONE, FILE, ONE, TWO], ENGINE, [[0, 1], [2, 3, 4]]),
        ([FILE, ONE, CLOSING], ENGINE, [[0, 1], [2]]),
        ([MANY, ONE], ENGINE, [[0], [1]]),
        ([frame(TEXT, b"45x-[]"), ONE], ENGINE, [[0], [1]]),
        ([frame(BINARY, b"451-"), ONE], ENGINE, [[0], [1]]),
        ([LAST, EVENT], Agreed(), [[0], [1]]),
        ([BEGIN, EVENT], Agreed(), [[0, 1]]),
        ([frame(3, b"?"), EVENT], Agreed(), [[0], [1]]),
    ],
    ids=count(),
)
def test_units(frames: list[bytes], agreed: Agreed, wanted: list[list[int]]) -> None:
    """Fragments stay together, and an event with its attachments; control frames pass between."""
    found = FrameSplitter(agreed).feed(b"".join(frames))
    assert units(found) == [b"".join(frames[each] for each in unit) for unit in wanted]
    assert joined(found) != b"" and len(found) == len(wanted)


@small_units()
@given(st.lists(FRAMES, max_size=9), st.lists(st.integers(0), max_size=12), st.booleans())
def test_any_split_gives_the_same(frames: list[bytes], cuts: list[int], engineio: bool) -> None:
    """Chunks change nothing, and no byte is lost or made."""
    data = b"".join(frames)
    whole, split = FrameSplitter(Agreed(engineio)), FrameSplitter(Agreed(engineio))
    at_once = whole.feed(data)
    in_parts = [piece for chunk in cut(data, cuts) for piece in split.feed(chunk)]
    assert units(at_once) == units(in_parts)
    assert joined(in_parts) + split.kept == joined(at_once) + whole.kept
    assert sorted(joined(at_once) + whole.kept) == sorted(data)


@settings(max_examples=60)
@small_units()
@given(st.lists(FRAMES, min_size=1, max_size=6), st.integers(0), st.booleans(), st.booleans())
def test_joining_anywhere(frames: list[bytes], at: int, engineio: bool, by_decoder: bool) -> None:
    """What follows passes in full, in its order, and what had not begun is found as units."""
    data = b"".join(frames)
    at %= len(data) + 1
    splitter = FrameSplitter(Agreed(engineio))
    if by_decoder:
        decoder = FrameDecoder(from_client=True)
        decoder.feed(data[:at])
        splitter.join(decoder.place)
    else:
        splitter.feed(data[:at])
        splitter.join()
    assert splitter.kept == b""
    rest = splitter.feed(data[at : at + 1]) + splitter.feed(data[at + 1 :])
    assert sorted(joined(rest) + splitter.kept) == sorted(data[at:])
    if not engineio:
        complete = FrameSplitter(Agreed()).feed(data)
        later = units(rest)
        assert later == units(complete)[len(units(complete)) - len(later) :]


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (EVENT[:1], EVENT[1:] + EVENT, ["", "", "text"]),
        (EVENT[:5], EVENT[5:] + EVENT, ["", "", "text"]),
        (EVENT[:7], EVENT[7:] + EVENT, ["", "text"]),
        (EVENT, EVENT, ["text"]),
        (BEGIN, frame(PING) + LAST + EVENT, ["ping", "", "text"]),
        (BEGIN[:3], BEGIN[3:] + MIDDLE + LAST + EVENT, ["", "", "", "", "text"]),
        (BEGIN + frame(PING)[:1], frame(PING)[1:] + LAST + EVENT, ["", "", "text"]),
    ],
    ids=count(),
)
def test_joining_in_a_frame(before: bytes, after: bytes, wanted: list[str]) -> None:
    """In a header, a payload or a fragmented message, the rest of that message passes."""
    splitter = FrameSplitter(Agreed())
    splitter.feed(before)
    splitter.join()
    found = splitter.feed(after)
    assert kinds(found) == wanted and joined(found) == after


@pytest.mark.parametrize("fragments", [1, 3])
def test_a_large_message_passes_in_pieces(fragments: int) -> None:
    """Of one that is too large to be kept the beginning is a unit, and the rest is bytes."""
    part = bytes(MAX_UNIT // fragments)
    opcodes = [BINARY, *[CONTINUATION] * (fragments - 1)]
    frames = [frame(each, part, fin=n == fragments - 1) for n, each in enumerate(opcodes)]
    splitter = FrameSplitter(Agreed())
    data = b"".join(frames) + frame(PING) + EVENT
    found = [piece for at in range(0, len(data), 9999) for piece in splitter.feed(data[at:][:9999])]
    assert [each for each in kinds(found) if each] == ["binary", "ping", "text"]
    assert [each.is_whole for each in found if isinstance(each, Unit)] == [False, True, True]
    assert joined(found) == data


@pytest.mark.parametrize(("large", "kept"), [(MAX_UNIT - 6, False), (MAX_UNIT - 14, True)])
def test_the_limit(large: int, kept: bool) -> None:
    """A unit of a mebibyte is kept until it is whole, and one byte more is not."""
    splitter = FrameSplitter(Agreed())
    data = frame(BINARY, bytes(large))
    found = splitter.feed(data[:70_000])
    assert bool(found) != kept and (len(splitter.kept) == 70_000) == kept
    found += splitter.feed(data[70_000:])
    assert joined(found) == data and bool(units(found)) == kept


def test_small_chunks_of_a_large_frame_cost_no_more() -> None:
    """Each byte is kept once, however the frame comes."""
    splitter, data = FrameSplitter(Agreed()), frame(BINARY, bytes(200_000))
    for at in range(len(data) - 1):
        assert splitter.feed(data[at : at + 1]) == []
    assert units(splitter.feed(data[-1:])) == [data]


def test_attachments_that_will_not_come() -> None:
    """The packet that waits for them can be had without them, once."""
    splitter = FrameSplitter(ENGINE)
    assert splitter.feed(FILE + ONE) == [] and splitter.kept == FILE + ONE
    assert units(splitter.give_up()) == [FILE + ONE]
    assert splitter.give_up() == [] and splitter.kept == b""
