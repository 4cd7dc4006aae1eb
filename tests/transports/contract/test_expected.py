"""What `hears` waits for."""

from __future__ import annotations

import pytest

from labkit.transports.contract.expected import Expected, described, matches, shortened
from labkit.transports.contract.transcript import Message


@pytest.mark.parametrize(
    ("expected", "message", "found"),
    [
        (None, "anything", True),
        ("ell", "hello", True),
        ("ell", b"hello", True),
        ("elk", "hello", False),
        (str.isdigit, "7", True),
        (str.isdigit, "x", False),
    ],
)
def test_what_matches(expected: Expected, message: Message, found: bool) -> None:
    """A text that the message contains, a function that is true for it, or anything."""
    assert matches(expected, message) is found


def test_errors_name_it_briefly() -> None:
    """In a few words, and a long message by its beginning."""
    assert described(None) == "a message"
    assert described(3) == "3 messages"
    assert described("hello") == "'hello'"
    assert described(str.isdigit) == "a message for which `isdigit` is true"
    assert len(shortened("x" * 100)) == 60
