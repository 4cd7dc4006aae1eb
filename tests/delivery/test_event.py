"""An event of a history."""

from __future__ import annotations

import pytest

from tests.support.told import told


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("bob dial", "connects"),
        ("bob joined", "has joined"),
        ("bob leave", "begins to leave"),
        ("bob ended fault", "connection cut by a fault"),
        ("bob ended server", "connection closed by the server"),
        ("bob send bob#2", "says bob#2"),
        ("bob failed bob#2", "could not say bob#2"),
        ("bob ack bob#2", "gets the acknowledgement of bob#2"),
        ("bob hear alice#1", "hears alice#1"),
    ],
)
def test_an_event_says_what_happened(line: str, words: str) -> None:
    """In a few words, and with its place, client and connection as a text."""
    event = told("bob dial", line.replace("bob", "bob/1", 1))[1]
    assert event.words == words
    assert str(event) == f"1 bob/1 {words}"
