"""A line that cuts what passes into small pieces."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.exceptions import LabError
from labkit.faults import Slicer
from labkit.protocols.stream import FIN, Item
from tests.faults.conftest import Stack
from tests.support.timed import seconds_of, takes
from tests.support.turned_clock import Line


def test_pieces() -> None:
    """Each has the size, the last one less; they pass at once."""
    line = Line(Slicer(3))
    line.send(b"abcdefgh", FIN, at=1.0)
    assert line.passed == [(1.0, b"abc"), (1.0, b"def"), (1.0, b"gh"), (1.0, FIN)]


def test_pieces_go_by_the_position_in_the_stream() -> None:
    """A chunk that ends within a piece does not begin a new one."""
    line = Line(Slicer(3))
    line.send(b"ab", b"cdef", b"g", at=1.0)
    assert [item for _, item in line.passed] == [b"ab", b"c", b"def", b"g"]


def test_a_delay_is_between_pieces() -> None:
    """The first passes at once, each other a delay later, the FIN with what is behind the last."""
    line = Line(Slicer(2, delay=0.1))
    line.send(b"abcde", FIN, at=1.0)
    expected: list[tuple[float, Item]] = [(1.0, b"ab"), (1.1, b"cd"), (1.2, b"e"), (1.2, FIN)]
    assert line.passed_by(9) == expected


def test_after_a_pause_nothing_is_delayed() -> None:
    """The delay counts from the last piece."""
    line = Line(Slicer(2, delay=0.1))
    line.send(b"ab", at=1.0)
    line.send(b"cd", at=1.05)
    line.send(b"ef", at=5.0)
    assert line.passed_by(9) == [(1.0, b"ab"), (1.1, b"cd"), (5.0, b"ef")]


def sizes(seed: int, chunks: list[bytes]) -> list[int]:
    """Return where the pieces of a stream end that comes in some chunks."""
    line = Line(Slicer(5, variation=3), seed)
    line.send(*chunks)
    ends, at = [], 0
    for _, item in line.passed:
        at += len(item)  # type: ignore[arg-type]
        ends.append(at)
    return ends


def test_sizes_vary() -> None:
    """From size - variation to size + variation, each of them."""
    ends = [0, *sizes(1, [bytes(2000)])[:-1]]
    found = {end - start for start, end in itertools.pairwise(ends)}
    assert found == set(range(2, 9))


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1))
def test_cuts_depend_on_the_stream_alone(chunks: list[bytes]) -> None:
    """With one seed, a stream is cut at the same places however it comes."""
    whole = b"".join(chunks)
    at_once, in_chunks = sizes(1, [whole]), sizes(1, chunks)
    assert set(at_once) <= set(in_chunks)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Slicer(0), "size must be a whole number from 1"),
        (lambda: Slicer(1.5), "size must be a whole number"),  # type: ignore[arg-type]
        (lambda: Slicer(3, variation=3), r"variation must be less than size \(3\), not 3"),
        (lambda: Slicer(3, delay=-1), "delay must be a number from 0"),
    ],
)
def test_bad_values(make: Callable[[], Slicer], said: str) -> None:
    """A piece has at least one byte, whatever varies."""
    with pytest.raises(LabError, match=said):
        make()


@pytest.mark.exhaustive
async def test_messages_on_both_stacks(lab: ModuleType, stack: Stack) -> None:
    """Byte by byte, everything arrives; with a delay, a message takes as long as its pieces."""
    server = await lab.serve(stack.protocol)
    alice, bob = [await stack.join(lab, server, name) for name in ("alice", "bob")]
    with alice.link.add(Slicer(1)):
        for text in ("hello", "שלום", "x" * 5000):
            await alice.say(text)
            assert await bob.hears(text) == text
            await bob.say(text)
            assert await alice.hears(lambda heard, text=text: heard == text)

    async def say() -> None:
        await alice.say("y" * 1000)
        await bob.hears("y" * 1000)

    with alice.link.add(Slicer(100, delay=0.02), "upstream"):
        if stack.protocol == "socketio":  # where other packets may share the pieces of a second one
            assert await seconds_of(say) >= 10 * 0.02
        else:
            await takes(10 * 0.02, say)
