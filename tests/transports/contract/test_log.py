"""What a server notes."""

from __future__ import annotations

from labkit.transports.contract.log import MAX_LOG_ENTRIES, MAX_LOG_TEXT, Log


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


def test_words_are_cut_and_plain() -> None:
    """Part of them may be a stranger's."""
    log = Log()
    log.add("refused", "\x1b[2J", "x" * (MAX_LOG_TEXT + 1))
    assert told(log) == [("refused", "␛[2J", "x" * MAX_LOG_TEXT + "…", 1)]
