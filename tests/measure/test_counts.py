"""What a crowd did, counted in intervals, and in words."""

from __future__ import annotations

import pytest

from labkit.backoff import Backoff
from labkit.measure.counts import Counts, Event, count_events, describe_backoff


def test_events_are_counted_in_their_intervals() -> None:
    """Attempts are counted where they began, connected clients at the end of each interval."""
    events = [
        Event(0.0, 0, "attempt"),
        Event(0.01, 1, "attempt"),
        Event(0.02, 0, "connected"),
        Event(0.09, 1, "failed", "HTTP 503"),
        Event(0.21, 0, "lost"),
        Event(0.32, 1, "attempt"),
        Event(0.33, 1, "connected"),
    ]
    assert count_events(events, 0.1) == Counts(0.1, (2, 0, 0, 1), (1, 1, 0, 1))
    assert count_events(events, 0.1).most_attempts == 2


def test_counting_begins_with_the_first_loss() -> None:
    """How the clients connected at first is left out, and so is everything if none was lost."""
    events = [
        Event(0.0, 0, "attempt"),
        Event(0.0, 1, "attempt"),
        Event(0.02, 0, "connected"),
        Event(0.03, 1, "connected"),
        Event(0.25, 1, "lost"),
        Event(0.26, 0, "lost"),
        Event(0.75, 1, "attempt"),
        Event(0.76, 0, "attempt"),
        Event(0.77, 0, "connected"),
    ]
    counts = count_events(events, 0.5, since_loss=True)
    assert counts == Counts(0.5, (0, 2), (0, 1), before=2)
    assert count_events(events[:4], 0.5, since_loss=True) == Counts(0.5, (), (), before=2)


def test_nothing_happened() -> None:
    """A crowd without events has no intervals."""
    assert count_events([]).attempts == () and count_events([]).most_attempts == 0


@pytest.mark.parametrize(
    ("seconds", "interval"),
    [(0.0, 0.005), (0.2, 0.005), (1.0, 0.02), (3.9, 0.1), (6.0, 0.1), (61, 2), (3600, 100)],
)
def test_intervals_are_round(seconds: float, interval: float) -> None:
    """By default a time has about 60 of them, and none is shorter than 5 ms."""
    assert count_events([Event(seconds, 0, "lost")]).interval == interval


@pytest.mark.parametrize(
    ("backoff", "words"),
    [
        (None, "not coming back"),
        (Backoff(0), "back without a wait"),
        (Backoff(1, factor=1), "back after 1 s, full jitter"),
        (Backoff(2, factor=3, cap=2, jitter="none"), "back after 2 s, no jitter"),
        (Backoff(1, factor=3, cap=2), "back after 1 … 2 s, full jitter"),
        (
            Backoff(0.5, cap=4, jitter="equal"),
            "back after 0.5, 1, 2 … 4 s, equal jitter",
        ),
    ],
)
def test_a_backoff_in_words(backoff: Backoff | None, words: str) -> None:
    """It is said when clients come back, and only what matters of it."""
    assert describe_backoff(backoff) == words
