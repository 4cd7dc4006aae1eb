"""What can be said."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.transports.sayable import check_sayable, describe_message


@pytest.mark.parametrize("message", ["", "hello", "ü👩‍👩‍👧\x00", b"", b"\xff"])
def test_text_and_bytes(message: Any) -> None:
    """Any text that UTF-8 can encode, and any bytes."""
    check_sayable(message, "A message")


@pytest.mark.parametrize("message", [None, 7, ["hello"], bytearray(b"x")])
def test_what_is_neither(message: Any) -> None:
    """The error names the type, and what to do."""
    with pytest.raises(TypeError, match=rf"A message is .* not {type(message).__name__}.*json"):
        check_sayable(message, "A message")


def test_half_a_character() -> None:
    """The error says where it is."""
    with pytest.raises(LabError, match="half a character at position 2"):
        check_sayable("ab\ud83d", "A message")


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("hö", "text, 2 characters"),
        (b"abc", "binary, 3 bytes"),
        (b"a", "binary, 1 byte"),
        ([1], "JSON, list"),
    ],
)
def test_how_a_log_describes_it(message: object, words: str) -> None:
    """By its kind and size, never by its content."""
    assert describe_message(message) == words
