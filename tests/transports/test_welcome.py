"""The greeting of the finished chats."""

from __future__ import annotations

from labkit.transports.welcome import welcome


def test_how_many_are_there() -> None:
    """The first is told so, and any other one how many there are."""
    assert [welcome(count) for count in (1, 2)] == [
        "Welcome! You are the first.",
        "Welcome! You are one of 2.",
    ]
