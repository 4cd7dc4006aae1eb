"""Event streams, written into HAR files and read from them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labkit.protocols.event_stream import format_block
from labkit.trace import Trace
from labkit.trace.har.streams import FIELD, StreamBody, read_stream
from tests.support.streams import CLIENT, EPOCH, GET, LAST_CHUNK, chunk, polled_session, stream_head
from tests.support.traces import recorded

BLOCKS = [
    format_block(retry=1000),
    format_block(id=f"{EPOCH}-6"),
    format_block(id=f"{EPOCH}-7", data='{"text": "hello"}'),
    format_block(event="heartbeat", data=""),
    format_block(comment="nobody sees this"),
    format_block(event="lost", data="3"),
]


def written(trace: Trace) -> dict[str, Any]:
    """Return the only entry of a trace's file."""
    (entry,) = json.loads(json.dumps(trace.to_har()))["log"]["entries"]
    assert isinstance(entry, dict)
    return entry


def told(trace: Trace) -> list[tuple[str, str, str]]:
    """Return what the rows say, facts apart."""
    rows = trace.rows()
    return [(row.direction, row.kind, row.content) for row in rows if not row.is_fact]


def test_there_and_back() -> None:
    """A stream that is open has an entry with all that has come, and is rows again."""
    trace = recorded(("upstream", GET), ("downstream", stream_head()))
    assert written(trace)["response"]["status"] == 200 and written(trace)[FIELD] == []
    for block in BLOCKS:
        trace.append(1, "downstream", chunk(block))
    entry, rows = written(trace), trace.rows()
    assert entry["_resourceType"] == "eventsource"
    assert entry["response"]["content"]["text"] == b"".join(BLOCKS).decode()
    assert entry["response"]["bodySize"] == len(b"".join(BLOCKS))
    assert [{**event, "time": None} for event in entry[FIELD]] == [
        {
            "time": None,
            "eventName": "message",
            "eventId": f"{EPOCH}-7",
            "data": '{"text": "hello"}',
        },
        {"time": None, "eventName": "heartbeat", "eventId": f"{EPOCH}-7", "data": ""},
        {"time": None, "eventName": "lost", "eventId": f"{EPOCH}-7", "data": "3"},
    ]
    lasted = (rows[-1].time - rows[1].time) * 1000
    assert entry["time"] == pytest.approx(lasted, abs=1)
    assert CLIENT not in json.dumps(trace.to_har())
    back = Trace.from_har(trace.to_har())
    assert told(back) == told(trace) and len(told(trace)) == 2 + len(BLOCKS)
    trace.append(1, "downstream", LAST_CHUNK)
    assert written(trace)["response"]["content"]["text"] == b"".join(BLOCKS).decode()
    assert "could not be decoded" not in trace.to_har()["log"]["comment"]


def test_polls_there_and_back() -> None:
    """Messages in answers and posts are found again, though clients' ids are redacted."""
    trace = polled_session()
    har = trace.to_har()
    assert CLIENT not in json.dumps(har) and "redacted in 4 heads" in har["log"]["comment"]
    assert told(Trace.from_har(har)) == told(trace)
    said = str(told(trace))
    assert "[hi]" in said and "acknowledges message 1" in said
    assert "[hello]" in said and "nothing new" in said


def test_a_long_event() -> None:
    """What is missing of it is said, and the one behind it is still one of its own."""
    body = StreamBody()
    for block, data in (("x" * 300_000, 100), ("a", 9)):
        whole = format_block(data=block)
        trace = recorded(("upstream", GET), ("downstream", stream_head() + chunk(whole)))
        row = trace.rows()[-1]
        body.add(row.decoded.block, whole[:data], 0.0)  # type: ignore[union-attr]
    blocks = [data for _, data in read_stream(body.data, [], 0.0)]
    assert len(blocks) == 2 and blocks[1].strip() == b"data: a"
    assert body.missing == 300_008 - 100 and body.length == 300_008 + 9
    long = chunk(format_block(data="x" * 300_000))
    content = written(recorded(("upstream", GET), ("downstream", stream_head() + long)))
    comment = content["response"]["content"]["comment"]
    assert comment == "cut: 37864 bytes of long events"


def test_events_that_are_odd() -> None:
    """Names and cursors with line ends in them make no other event."""
    odd = [{"eventName": "a\nb", "eventId": "\0", "data": "x"}, {"data": 7}, 7]
    blocks = [data for _, data in read_stream(b"", odd, 0.0)]
    assert blocks == [b"event: a?b\nid: ?\ndata: x\n\n", b"data:\n\n", b"data:\n\n"]
