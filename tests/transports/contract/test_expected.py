"""What `hears` waits for."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.protocols.socketio import EventMessage
from labkit.transports.contract.expected import Expectation, short_repr
from labkit.transports.contract.transcript import Message

EVENT = EventMessage.of("typing", ("bob",))


@pytest.mark.parametrize(
    ("expected", "message", "found"),
    [
        (None, "anything", True),
        ("ell", "hello", True),
        ("ell", b"hello", True),
        ("elk", "hello", False),
        ("\ud83d", b"hello", False),
        ("typing", EVENT, True),
        (b"ell", b"hello", True),
        (b"elk", b"hello", False),
        (b"ell", "hello", False),
        (bytearray(b"ell"), b"hello", True),
        (memoryview(b"ell"), b"hello", True),
        (re.compile("l+o$"), "hello", True),
        (re.compile("^l"), "hello", False),
        (re.compile("bob"), EVENT, True),
        (re.compile("l"), b"hello", False),
        (re.compile(b"l"), b"hello", True),
        (re.compile(b"l"), "hello", False),
        (str, "hello", True),
        (str, b"hello", False),
        (bytes, b"hello", True),
        (EventMessage, "hello", False),
        (EventMessage, EVENT, True),
        (str.isdigit, "7", True),
        (str.isdigit, "x", False),
    ],
)
def test_what_matches(expected: Any, message: Message, found: bool) -> None:
    """Part of a text or of bytes, a pattern, a kind of message, a function, or anything."""
    assert Expectation.of(expected).matches(message) is found


class Two:
    """A number of another library's."""

    def __index__(self) -> int:
        return 2


@pytest.mark.parametrize(
    ("expected", "start", "end"),
    [(2, 0, 2), (3, 0, 3), (4, 0, None), (0, 1, 1), (Two(), 1, 3), ("b", 0, 2), ("a", 1, None)],
)
def test_where_reading_goes_on(expected: Any, start: int, end: int | None) -> None:
    """Behind that many messages, or behind the first that matches; None if it has not come."""
    assert Expectation.of(expected).find(["a", "b", "c"], start) == end


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (2.0, "cannot wait for 2.0"),
        (True, "cannot wait for True"),
        (-1, "cannot wait for -1"),
        (object, "cannot wait for <class 'object'>"),
        ({"type": "chat"}, "For JSON: `lambda message: json.loads"),
        (["a", "b"], "For JSON"),
        ({"a" * 100}, r"\.\.\.\. Give a text"),
        (asyncio.Event(), "a function that is true for the message"),
    ],
)
def test_what_cannot_be_expected(expected: Any, words: str) -> None:
    """Anything else gets a sentence, and never the next message, whatever it is."""
    with pytest.raises(LabError, match=words):
        Expectation.of(expected)


def test_a_forgotten_await_and_an_async_predicate() -> None:
    """A coroutine is no message, and a coroutine function is no predicate."""

    async def is_long(message: Message) -> bool:
        return len(message) > 100

    forgotten = is_long("x")
    with pytest.raises(LabError, match="forget an `await`"):
        Expectation.of(forgotten)  # type: ignore[arg-type]
    forgotten.close()
    with pytest.raises(LabError, match=r"`is_long` is a coroutine function.*`def`"):
        Expectation.of(is_long).matches("short")  # type: ignore[arg-type]


def test_errors_name_it_briefly() -> None:
    """In a few words, and a long message by its beginning."""
    words = [Expectation.of(each).words for each in (None, 3, "hello", str.isdigit)]
    assert words == ["a message", "3 messages", "'hello'", "a message for which `isdigit` is true"]
    assert Expectation.of(re.compile("^a")).words == "a message with '^a'"
    assert len(short_repr("x" * 100)) == 60
