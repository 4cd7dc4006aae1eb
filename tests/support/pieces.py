"""What a splitter gives, in a form that tests compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from unittest.mock import patch

from hypothesis import strategies as st

from labkit.protocols.splitter import Piece
from labkit.protocols.units import Unit
from tests.support.raw import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame

FILE_EVENT = b'452-["file",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'

FRAMES = st.sampled_from(
    [
        *(frame(TEXT, b"t" * size) for size in (0, 1, 125, 126, 300)),
        frame(BINARY, b"\x04data"),
        frame(TEXT, b'42["chat message","hello"]'),
        frame(TEXT, b"2"),
        frame(TEXT, FILE_EVENT),
        frame(TEXT, b"part", fin=False),
        frame(CONTINUATION, b"of", fin=False),
        frame(CONTINUATION, b"it"),
        frame(PING, b"?"),
        frame(PONG, b""),
        frame(CLOSE, b"\x03\xe8"),
        frame(0x3, b"reserved"),
        frame(BINARY, bytes(700)),
    ]
)
"""Frames of every kind, in an order that may break every rule."""


def small_units() -> AbstractContextManager[object]:
    """Keep units of 600 bytes at most, so that a unit which is too large is quickly made."""
    return patch("labkit.protocols.frame_splitter.MAX_UNIT", 600)


def joined(pieces: Iterable[Piece]) -> bytes:
    """Return the bytes of pieces."""
    return b"".join(each if isinstance(each, bytes) else each.data for each in pieces)


def kinds(pieces: Iterable[Piece]) -> list[str]:
    """Return the kinds of units, and "" for bytes."""
    return [each.kind if isinstance(each, Unit) else "" for each in pieces]


def units(pieces: Iterable[Piece]) -> list[bytes]:
    """Return the bytes of whole units."""
    return [each.data for each in pieces if isinstance(each, Unit) and each.is_whole]


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    """Return the chunks that begin at some places, taken round the length of the bytes."""
    if not data:
        return []
    starts = sorted({0, *(place % len(data) for place in places)})
    return [data[a:b] for a, b in zip(starts, [*starts[1:], len(data)], strict=True)]
