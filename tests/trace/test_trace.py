"""The record of a link."""

import pytest

from labkit.trace import Trace
from tests.support.raw import TEXT, frame
from tests.support.streams import GET, LAST_CHUNK, stream_head
from tests.support.streams import chunk as chunked
from tests.support.traces import SESSION, recorded


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


@pytest.mark.parametrize("looked", [True, False])
@pytest.mark.parametrize(("mebibytes", "dropped"), [(9, 0), (17, 5), (40, 28)])
def test_a_har_has_what_is_kept(mebibytes: int, dropped: int, looked: bool) -> None:
    """However much was dropped, the file has the handshake, each kept message, and says so."""
    trace = recorded(*SESSION[:2])  # type: ignore[arg-type]
    for _ in range(mebibytes):
        trace.append(1, "downstream", b"\x82\x7f" + (2**20).to_bytes(8, "big") + bytes(2**20))
        if looked:
            trace.lens.read()
    (entry,) = trace.to_har()["log"]["entries"]
    rows = trace.rows()
    assert rows.dropped == dropped and len(rows) == 3 + mebibytes - dropped
    assert entry["response"]["status"] == 101
    assert len(entry["_webSocketMessages"]) == sum(row.kind == "binary" for row in rows)
    comment = trace.to_har()["log"].get("comment", "")
    assert comment.startswith(f"{dropped - 2} rows earlier") if dropped else not comment


def test_a_har_has_each_answer_with_its_request() -> None:
    """The request stays if it is dropped before its answer; what was answered before goes."""
    trace = Trace(max_records=5)
    for connection in (1, 2):
        trace.note(connection, "opened")
    for number in range(20):
        for connection in (1, 2):
            head = f"GET /{number} HTTP/1.1\r\nHost: a\r\n\r\n"
            trace.append(connection, "upstream", head.encode())
            if connection == 2:
                answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                trace.append(2, "downstream", answer)
    entries = trace.to_har()["log"]["entries"]
    assert all(
        entry["response"]["status"] == 200 for entry in entries if entry["connection"] == "2"
    )
    assert {"/19", "/18"} <= {entry["request"]["url"].removeprefix("http://a") for entry in entries}
    assert len(trace.lens.openings) <= 17
    trace.note(1, "closed", "upstream")
    for _ in range(10):
        trace.note(3, "opened")
    assert {row.connection for row in trace.lens.openings} <= {2}


def test_a_connection_that_is_over_leaves_nothing() -> None:
    """When its end is dropped, so is its handshake; bystanders keep theirs."""
    trace = recorded(*SESSION[:2])  # type: ignore[arg-type]
    trace.max_records = 3
    trace.note(2, "opened")
    for direction, chunk in SESSION[:2]:
        trace.append(2, direction, chunk)  # type: ignore[arg-type]
    trace.note(1, "closed", "upstream")
    for _ in range(5):
        trace.append(2, "upstream", frame(TEXT, b"hello"))
    assert [(row.connection, row.kind) for row in trace.lens.openings] == [
        (2, "request"),
        (2, "response"),
    ]


def test_a_har_of_a_stream_whose_head_was_dropped() -> None:
    """Its head stays as long as it is open, so that its events have an entry."""
    trace = recorded(("upstream", GET), ("downstream", stream_head()))
    trace.max_records = 3
    for number in range(9):
        trace.append(1, "downstream", chunked(f"data: {number}\n\n".encode()))
    (entry,) = trace.to_har()["log"]["entries"]
    assert [event["data"] for event in entry["_eventSourceMessages"]] == ["6", "7", "8"]
    assert "could not be decoded" not in trace.to_har()["log"]["comment"]
    trace.append(1, "downstream", LAST_CHUNK)
    for _ in range(4):
        trace.append(1, "upstream", GET)
    assert [row.content for row in trace.lens.openings if row.kind == "response"] == []
