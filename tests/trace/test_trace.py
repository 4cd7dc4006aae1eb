"""The record of a link."""

from labkit.trace import Trace


def test_chunks_and_facts_are_kept_in_order() -> None:
    """What is recorded can be read again, by direction and connection."""
    trace = Trace()
    trace.note(1, "opened")
    trace.append(1, "upstream", b"he")
    trace.append(2, "upstream", b"other")
    trace.append(1, "upstream", b"llo")
    trace.append(1, "downstream", b"hi")
    trace.note(1, "closed", "downstream")
    assert trace.bytes("upstream", 1) == b"hello"
    assert trace.bytes("upstream") == b"heotherllo"
    assert trace.bytes("downstream") == b"hi"
    assert trace.facts() == ["opened", "closed downstream"]
    assert trace.facts(2) == []
    times = [record.time for record in trace]
    assert times == sorted(times) and len(trace) == 6


def test_the_record_is_bounded_and_says_what_was_dropped() -> None:
    """The oldest entries go, by number and by bytes, and are counted."""
    by_number = Trace(max_records=3)
    for number in range(5):
        by_number.append(1, "upstream", bytes([number]))
    assert by_number.bytes("upstream") == b"\x02\x03\x04"
    by_bytes = Trace(max_bytes=10)
    for _ in range(5):
        by_bytes.append(1, "upstream", b"12345")
    assert by_bytes.bytes("upstream") == b"12345" * 2
    assert (by_number.dropped, by_bytes.dropped) == (2, 3)
    assert repr(by_bytes) == "<Trace of 2 records, 3 dropped>"
