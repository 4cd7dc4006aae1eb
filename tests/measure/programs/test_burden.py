"""What makes a server worse by a known amount."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from labkit.measure.programs.burden import Burden


def test_no_burden() -> None:
    """A server that is measured has none: nothing is held, and a message stays as it is."""
    burden = Burden()
    burden.load("alice")
    assert burden.held == {}
    burden.unload("alice")
    assert burden.apply("hello") == "hello"


def test_memory_is_held_for_each_connection() -> None:
    """Until it ends."""
    burden = Burden(memory=10)
    for name in ("alice", "bob"):
        burden.load(name)
    burden.unload("alice")
    assert {name: len(held) for name, held in burden.held.items()} == {"bob": 10}


def test_a_message_is_longer() -> None:
    """By so many characters."""
    assert Burden(characters=7).apply("hello") == "helloxxxxxxx"


@pytest.mark.parametrize(
    ("burden", "clock"),
    [(Burden(work=0.02), time.thread_time), (Burden(wait=0.02), time.monotonic)],
)
def test_a_message_is_later(burden: Burden, clock: Callable[[], float]) -> None:
    """By the time of the processor, or by that of the clock."""
    began = clock()
    burden.apply("hello")
    assert clock() - began >= 0.019
