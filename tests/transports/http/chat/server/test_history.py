"""The numbered messages of a chat."""

from __future__ import annotations

import pytest

from labkit.transports.http.chat.cursor import Cursor
from labkit.transports.http.chat.server.history import History, Reading
from labkit.transports.settings import MAX_ANSWER, MAX_HISTORY_BYTES


def texts(reading: Reading) -> list[str]:
    """Return the messages that were read."""
    return [kept.content.removeprefix('"text": ').strip('"') for kept in reading.messages]


def filled(*said: str, most: int = 10) -> History:
    """Return a history in which alice and bob have said things in turn."""
    history = History(most)
    for number, text in enumerate(said):
        history.add(text, "bob" if number % 2 else "alice")
    return history


def test_who_begins_to_listen_hears_what_comes() -> None:
    """Without a cursor nothing is replayed; the next cursor is behind the last message."""
    history = filled("one", "two")
    assert history.read(None, "carol") == Reading([], history.at(2))


def test_who_comes_back_hears_the_rest() -> None:
    """What came since the cursor, but for one's own; the cursor moves behind these, too."""
    history = filled("one", "two", "three")
    assert texts(history.read(history.at(1), "carol")) == ["two", "three"]
    reading = history.read(history.at(0), "alice")
    assert (texts(reading), reading.next, reading.lost) == (["two"], history.at(3), 0)
    assert history.read(history.at(3), "carol") == Reading([], history.at(3))


def test_what_was_dropped_is_counted() -> None:
    """A history that no longer reaches back says how many are missing, at most."""
    history = filled(*"abcdefg", most=3)
    reading = history.read(history.at(1), "carol")
    assert (texts(reading), reading.lost) == (["e", "f", "g"], 3)
    assert history.read(history.at(4), "carol").lost == 0


def test_bytes_are_bounded() -> None:
    """Few large messages displace the old ones; the last one is always kept."""
    history = History(1000)
    for _ in range(12):
        history.add("x" * 2**20, "alice")
    kept = 12 - (history.read(history.at(0), "bob").lost or 0)
    assert 0 < kept * 2**20 <= MAX_HISTORY_BYTES
    history.add("x" * (MAX_HISTORY_BYTES + 1), "alice")
    assert history.read(history.at(0), "bob").lost == 12


def test_one_reading_is_bounded() -> None:
    """It ends with the message that fills it, and the next one goes on there."""
    history = History()
    for number in range(4):
        history.add(str(number) * (MAX_ANSWER // 2), "alice")
    first = history.read(history.at(0), "bob")
    assert (len(first.messages), first.next) == (2, history.at(2))
    assert len(history.read(first.next, "bob").messages) == 2


def test_a_cursor_of_another_start() -> None:
    """Nobody knows what is missing, and nothing is replayed."""
    history = filled("one")
    assert History().epoch != history.epoch
    reading = history.read(Cursor("00000000", 7), "carol")
    assert reading == Reading([], history.at(1), lost=None)


def test_a_cursor_of_the_future() -> None:
    """It cannot come from this server."""
    history = filled("one")
    history.check(history.at(1))
    history.check(Cursor("00000000", 7))
    with pytest.raises(ValueError, match="is ahead of the last message, 1"):
        history.check(history.at(2))


def test_when_a_cursor_is_far_behind() -> None:
    """From half of what is kept on."""
    history = filled(*"abcd", most=10)
    assert not history.is_far_behind(history.at(0))
    assert filled(*"abcde", most=10).is_far_behind(history.at(0))
