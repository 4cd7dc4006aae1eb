"""What a server notes."""

from __future__ import annotations

import time

import pytest

from labkit.transports.contract.log import MAX_LOG_ENTRIES, MAX_LOG_TEXT, Kind, Log


def told(log: Log) -> list[tuple[str, str, str, int]]:
    """Return what is in a log, without the times of day."""
    return [(each.kind, each.who, each.text, each.times) for each in log.entries]


def test_it_keeps_the_last_and_counts_all() -> None:
    """Messages push out only messages, and what is left stands in its order."""
    log = Log()
    log.add("connected", "alice", "")
    for number in range(MAX_LOG_ENTRIES + 5):
        log.add("message", "alice", str(number))
    log.add("closed", "alice", "1000")
    assert told(log)[0] == ("connected", "alice", "", 1)
    assert told(log)[1] == ("message", "alice", "5", 1)
    assert told(log)[-1] == ("closed", "alice", "1000", 1)
    assert log.counts == {"connected": 1, "message": MAX_LOG_ENTRIES + 5, "closed": 1}


def test_what_strangers_cause_without_end_is_one_event() -> None:
    """It is told of the last, with how often; what differs, or is of another kind, stays apart."""
    log = Log()
    for text in ("403", "403", "404", "403"):
        log.add("refused", "a request", text)
    for _ in range(2):
        log.add("error", "a request", "403")
    assert told(log) == [
        ("refused", "a request", "404", 1),
        ("refused", "a request", "403", 3),
        ("error", "a request", "403", 1),
        ("error", "a request", "403", 1),
    ]


@pytest.mark.parametrize("kind", ["refused", "message"])
def test_words_are_cut_and_plain(kind: Kind) -> None:
    """Part of them may be a stranger's."""
    log = Log()
    log.add(kind, "\x1b[2J", "x" * (MAX_LOG_TEXT + 2))
    log.add(kind, "alice", "x" * MAX_LOG_TEXT)
    cut = (kind, "␛[2J", "x" * MAX_LOG_TEXT + "…", 1)
    assert told(log) == [cut, (kind, "alice", "x" * MAX_LOG_TEXT, 1)]


def test_it_may_be_read_at_any_time() -> None:
    """What came before and after stands in its order, with the time at which it came."""
    log = Log()
    begun = time.time()
    for number in range(3):
        log.add("message", "alice", str(number))
        log.add("joined", "alice", str(number))
        assert [each.text for each in log.entries][-2:] == [str(number)] * 2
    log.add("message", "alice", "3")
    added = time.time()
    entries = log.entries
    assert [each.text for each in entries] == ["0", "0", "1", "1", "2", "2", "3"]
    times = [each.at for each in entries]
    assert times == sorted(times) and begun <= times[0] and times[-1] <= added
    assert log.entries == entries
