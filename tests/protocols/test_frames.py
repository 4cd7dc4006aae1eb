"""Frames from a stream of bytes."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame as LibraryFrame
from websockets.frames import Opcode

from labkit.protocols.frames import MAX_PAYLOAD_KEPT, Frame, FrameDecoder, Place
from tests.support.raw import BINARY, CLOSE, CONTINUATION, PING, TEXT, frame

PARTS = [
    *(frame(TEXT, b"t" * size) for size in (0, 1, 125, 126, 300)),
    frame(TEXT, b"hi", masked=False),
    frame(TEXT, b"45-[]"),
    frame(BINARY, b"45"),
    frame(PING, b"?"),
    frame(0x3, b"what"),
    frame(TEXT, b"4", fin=False),
    frame(CONTINUATION, b"5", fin=False),
    frame(CONTINUATION, b"6"),
]
"""Frames of every kind, as a client's decoder meets them."""


def decoded(data: bytes, from_client: bool = True, compressed: bool = False) -> list[Frame]:
    """Return the frames in one chunk."""
    return FrameDecoder(from_client, compressed).feed(data)


@pytest.mark.parametrize(
    ("length", "header"), [(0, 2), (1, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)]
)
@pytest.mark.parametrize("from_client", [True, False])
def test_headers_have_the_size_that_the_rfc_gives(
    length: int, header: int, from_client: bool
) -> None:
    """Each encoding of the length, with and without a mask, as the library writes it."""
    payload = bytes(range(256)) * 257
    data = LibraryFrame(Opcode.BINARY, payload[:length]).serialize(mask=from_client)
    (found,) = decoded(data, from_client)
    assert len(found.header) == header + 4 * from_client
    assert found.size == len(data)
    assert found.payload == payload[:length] and not found.problem


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (frame(TEXT, b"hi", masked=False), "must mask"),
        (frame(TEXT, b"hi", reserved=4), "reserved bits"),
        (frame(0x3, b"hi"), "opcode is reserved"),
        (frame(PING, b"hi", fin=False), "may not be fragmented"),
        (frame(PING, b"x" * 126), "125 bytes at most"),
        (frame(CONTINUATION, b"hi"), "continuation of nothing"),
        (frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"), "inside a fragmented message"),
        (bytes.fromhex("81fe000100000000") + b"a", "shortest form"),
        (bytes.fromhex("81ff000000000000000100000000") + b"a", "shortest form"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # masks are random
)
def test_a_broken_rule_is_told_and_decoding_goes_on(data: bytes, words: str) -> None:
    """The problem names the section; the next frame is found behind it."""
    *_, broken, after = decoded(data + frame(CLOSE))
    assert words in broken.problem and "(5." in broken.problem
    assert after.name == "close" and not after.problem


def test_a_server_must_not_mask() -> None:
    """A masked frame from a server breaks a rule."""
    assert "must not mask" in decoded(frame(TEXT, b"hi"), from_client=False)[0].problem


def test_compression_gives_the_first_bit_a_meaning() -> None:
    """RSV1 of a text or binary frame is right where it was agreed on, of a ping it is not."""
    assert not decoded(frame(TEXT, b"hi", reserved=4), compressed=True)[0].problem
    assert decoded(frame(TEXT, b"hi", reserved=2), compressed=True)[0].problem
    assert decoded(frame(PING, b"hi", reserved=4), compressed=True)[0].problem


@pytest.mark.parametrize("length", [2**62, 2**63, 2**64 - 1])
def test_a_hostile_length_costs_nothing(length: int) -> None:
    """A frame of exbytes is announced, and what came of it is kept up to a bound."""
    decoder = FrameDecoder(from_client=True)
    assert decoder.feed(frame(BINARY, b"x" * 1000, length=length)) == []
    for _ in range(40):
        decoder.feed(bytes(100_000))
    rest = decoder.rest
    assert (
        isinstance(rest, Frame) and rest.length == length and len(rest.payload) == MAX_PAYLOAD_KEPT
    )


def test_what_has_begun_is_told() -> None:
    """Half a header is bytes, half a payload is a frame, and nothing is nothing."""
    decoder = FrameDecoder(from_client=False)
    assert decoder.rest is None
    decoder.feed(b"\x81")
    assert decoder.rest == b"\x81"
    decoder.feed(b"\x05he")
    rest = decoder.rest
    assert isinstance(rest, Frame) and (rest.length, rest.payload) == (5, b"he")
    assert rest.wire == b"\x81\x05he"


wire = st.lists(
    st.builds(
        frame,
        st.sampled_from([0, 1, 2, 3, 8, 9, 10]),
        st.binary(max_size=300),
        fin=st.booleans(),
        reserved=st.integers(0, 7),
        masked=st.booleans(),
    )
).map(b"".join)


@given(st.one_of(wire, st.binary(max_size=2000)), st.lists(st.integers(1, 50)))
def test_any_split_gives_the_same_frames(data: bytes, sizes: list[int]) -> None:
    """Frames and garbage decode alike, however the bytes are cut, and every byte is accounted."""
    whole = FrameDecoder(from_client=True)
    frames = whole.feed(data)
    split, found, at = FrameDecoder(from_client=True), [], 0
    for size in [*sizes, len(data)]:
        found += split.feed(data[at : at + size])
        at += size
    assert found == frames and split.rest == whole.rest
    assert [each.start for each in frames] == [
        sum(each.size for each in frames[:number]) for number in range(len(frames))
    ]


@given(st.lists(st.sampled_from(PARTS), max_size=12), st.lists(st.integers(1, 9)), st.booleans())
def test_passing_over_is_feeding_without_a_look(
    parts: list[bytes], sizes: list[int], stops: bool
) -> None:
    """At any split as many messages pass as are fed otherwise, and what follows is the same."""
    data, passed, at, texts = b"".join(parts), 0, 0, (b"45",) if stops else ()
    over, fed = FrameDecoder(from_client=True), FrameDecoder(from_client=True)
    left: list[Frame] = []
    for size in [*sizes, len(data)]:
        count, rest = over.pass_over(data[at : at + size], texts)
        passed += count
        left += [] if rest is None else over.feed(rest)
        at += size
    assert passed + len(left) == len(fed.feed(data))
    assert not stops or b"45-[]" not in parts or b"45-[]" in [each.payload for each in left]
    after = frame(TEXT, b"after")
    assert over.feed(after) == fed.feed(after)


def test_what_is_not_whole_is_not_passed_over() -> None:
    """Whole messages are passed over up to a fragment, or to a text that is named."""
    whole, part = frame(TEXT, b"x" * 300) + frame(PING), frame(TEXT, b"y", fin=False)
    decoder = FrameDecoder(from_client=True)
    assert decoder.pass_over(whole + part + whole)[0] == 2
    decoder = FrameDecoder(from_client=True)
    named = frame(TEXT, b"451-[]")
    assert decoder.pass_over(whole + named + whole, (b"45",)) == (2, whole)
    assert [each.payload for each in decoder.feed(b"")] == [b"451-[]"]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"", Place()),
        (frame(TEXT, b"a"), Place()),
        (b"\x81", Place(b"\x81")),
        (b"\x01\x02h", Place(b"\x01\x02", 1)),
        (b"\x01\x02hi\x80\x7e\x01", Place(b"\x80\x7e\x01", 0, inside=True)),
    ],
    ids=count(),
)
def test_where_it_has_stopped(data: bytes, place: Place) -> None:
    """In a header, in a payload, between frames; and whether a fragmented message goes on."""
    decoder = FrameDecoder(from_client=True)
    decoder.feed(data)
    assert decoder.place == place
