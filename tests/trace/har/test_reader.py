"""HAR files of all makers, read."""

from __future__ import annotations

import base64
import json
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.trace import Trace
from tests.support.har import CHROMIUM, MINIMAL, PAGE, STREAM, changed, messages


def har(*entries: Any) -> dict[str, Any]:
    """Return the content of a file with these entries."""
    return {"log": {"entries": list(entries)}}


def told(*entries: Any) -> list[str]:
    """Return kind, content and problem of each row but "opened"."""
    rows = Trace.from_har(har(*entries)).rows()
    lines = (f"{row.kind} {row.content} {row.problem}".strip() for row in rows)
    return [line for line in lines if not line.startswith("opened")]


def test_what_a_browser_exported() -> None:
    """Host, path and messages of an export are found; compression is gone, as its bytes are."""
    rows = Trace.from_har(har(CHROMIUM)).rows()
    assert [(row.kind, row.content) for row in rows] == [
        ("opened", "encrypted (TLS)"),
        ("request", "GET /room?x=1 HTTP/1.1"),
        ("response", "HTTP/1.1 101 Switching Protocols"),
        ("text", "hi"),
        ("binary", "01 02"),
    ]


def test_an_event_stream() -> None:
    """Its head and its events are rows with their times, made anew where the body is left out."""
    rows = Trace.from_har(har(STREAM)).rows()
    assert [(row.kind, row.content) for row in rows] == [
        ("opened", ""),
        ("request", "GET /events HTTP/1.1"),
        ("response", "HTTP/1.1 200 OK, opens an event stream"),
        ("event", "one"),
        ("event", "news: two  (id 7)"),
    ]
    found = [row.time - rows[0].time for row in rows]
    assert found == pytest.approx([0, 0, 0.01, 0.02, 0.03], abs=1e-4)


def test_an_event_stream_with_its_body() -> None:
    """The body is read, also what is no event, and what was said last but not to its end."""
    text = "retry: 5\n\ndata: a\n\nid: 7\n\nevent: x\ndata: b\n\ndata: c"
    entry = changed(STREAM, "response.content.text", text)
    trace = Trace.from_har(har(entry))
    assert [(row.kind, row.content) for row in trace.rows()[3:]] == [
        ("retry", "5 ms before connecting again"),
        ("event", "a"),
        ("cursor", "7"),
        ("event", "x: b"),
    ]
    found = [row.time - trace.rows()[0].time for row in trace.rows()]
    assert found == pytest.approx([0, 0, 0.01, 0.01, 0.02, 0.02, 0.03], abs=1e-4)
    assert trace.bytes("downstream").endswith(b"7\r\ndata: c\r\n")


def test_milliseconds() -> None:
    """Times as Playwright writes them are those of the same moments."""
    given = [each | {"time": each["time"] * 1000} for each in CHROMIUM["_webSocketMessages"]]
    for entry in (CHROMIUM, messages(*given)):
        rows = Trace.from_har(har(entry)).rows()
        found = [row.time - rows[0].time for row in rows]
        assert found == pytest.approx([0, 0, 0.0125, 0.02, 0.03], abs=1e-4)


def test_a_minimal_file() -> None:
    """Without times, status and headers the messages are read, in their order."""
    assert [line for line in told(MINIMAL) if line.startswith("text")] == ["text one", "text two"]


def test_what_the_browser_said() -> None:
    """An error of Chromium's is a row between the messages, in its own words."""
    error = {"type": "error", "time": 1767268800.1, "opcode": -1, "data": "Invalid frame header"}
    assert told(messages(*CHROMIUM["_webSocketMessages"], error))[-2:] == [
        "binary 01 02",
        "error  Invalid frame header",
    ]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("response.content", ...),
        ("response.content", None),
        ("response.statusText", ...),
        ("response.statusText", None),
        ("response.headers", None),
        ("response.status", "101"),
        ("request.headers", ...),
        ("request.postData", None),
        ("request.method", ...),
        ("time", None),
        ("time", ...),
        ("time", 10**400),
        ("startedDateTime", ...),
        ("startedDateTime", "today"),
        ("_webSocketMessages.0.opcode", ...),
        ("_webSocketMessages.0.opcode", None),
        ("_webSocketMessages.0.time", None),
        ("_webSocketMessages.0.time", 10**400),
        ("_webSocketMessages.1.time", "now"),
        ("request.headers.0.value", "websocket\nwebsocket"),
        ("request.url", "wss://chat.example/room?x=1#there"),
    ],
)
def test_a_field_that_is_missing_or_odd(path: str, value: Any) -> None:
    """What it means is not in doubt, so all is read, and nothing is said to be unreadable."""
    lines = told(changed(CHROMIUM, path, value))
    assert [line for line in lines if not line.startswith(("request", "response"))] == [
        "text hi",
        "binary 01 02",
    ]
    assert lines[0].startswith("request GET /room?x=1") and lines[1].startswith("response HTTP/1.1")


def test_messages_that_are_null() -> None:
    """A handshake alone is read."""
    assert len(told(changed(CHROMIUM, "_webSocketMessages", None))) == 2
    assert told(changed(PAGE, "_webSocketMessages", None)) == told(PAGE)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ({"type": "send", "opcode": 2, "data": "no base64!"}, "'no base64!' is not base64"),
        ({"type": "send", "opcode": 99, "data": ""}, "its opcode is '99'"),
        ({"type": "send", "opcode": -1, "data": ""}, "its opcode is '-1'"),
        ({"type": "send", "opcode": 10**400, "data": ""}, "its opcode is '1000"),
        ({"type": "send", "opcode": float("inf"), "data": ""}, "its opcode is 'inf'"),
        ({"type": "send", "opcode": 1, "data": 5}, "its data is int, not text"),
        ({"type": "what", "opcode": 1, "data": "x"}, "its type is 'what'"),
        ({"opcode": 1, "data": "x"}, "its type is 'None'"),
        (None, "its type is 'None'"),
        ("text", "its type is 'None'"),
    ],
)
def test_a_message_that_cannot_be_read(message: Any, why: str) -> None:
    """It is one row that says why; those around it are read."""
    before, after = CHROMIUM["_webSocketMessages"]
    lines = told(messages(before, message, after))
    assert lines[2] == "text hi" and lines[-1] == "binary 01 02" and len(lines) == 5
    assert lines[3].startswith(f"unreadable  entry 1: message 2: {why}")


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (None, "it is not an object"),
        ({}, "it has no request"),
        (PAGE | {"request": None}, "it has no request"),
        (changed(PAGE, "request.url", ...), "'None' is not an address"),
        (changed(PAGE, "request.url", "data:text/plain,hi"), "'data:text/plain,hi' is not an"),
        (changed(PAGE, "request.url", "http://[::1/"), "is not an address"),
        (changed(PAGE, "request.method", "G T"), "its method is 'G T'"),
    ],
)
def test_an_entry_that_cannot_be_read(entry: Any, why: str) -> None:
    """It is one row that says why; those around it are read."""
    lines = told(PAGE, entry, PAGE)
    assert [line for line in lines if not line.startswith("unreadable")] == told(PAGE, PAGE)
    (line,) = (line for line in lines if line.startswith("unreadable"))
    assert line.startswith("unreadable  entry 2: ") and why in line


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        ("response.content.encoding", "base64", "the body of its answer: 'hello' is not base64"),
        ("response.content.text", ..., "the body of its answer (5 bytes) is not in the file"),
        ("response.content.text", 5, "the body of its answer: its data is int"),
        ("response.content.comment", "cut: 5 of 9 bytes", "the body of its answer is cut: 5 of 9"),
        ("response.status", "soon", "'soon' is not a status"),
        ("response.status", 12345, "'12345' is not a status"),
        ("response.headers", [{"name": "a b", "value": ""}], "a header of its answer is named"),
        ("response.headers", [None], "a header of its answer is named 'None'"),
        ("response.headers", 5, "headers is not a list"),
        ("request.postData", {"text": 5}, "the body of its request: its data is int"),
        ("_webSocketMessages", 5, "_webSocketMessages is not a list"),
    ],
)
def test_a_part_that_cannot_be_read(path: str, value: Any, why: str) -> None:
    """The rest of the entry is read, and one row says why that part is not."""
    lines = told(changed(PAGE, path, value))
    assert "request GET /page HTTP/1.1" in lines
    (line,) = (line for line in lines if line.startswith("unreadable"))
    assert why in line


def test_bodies() -> None:
    """Of text, of base64, and of a form's fields; and an answer that never came."""

    def rows(path: str, value: Any) -> list[bytes]:
        return [row.payload for row in Trace.from_har(har(changed(PAGE, path, value))).rows()[1:]]

    encoded = base64.b64encode(b"\x00\xff").decode()
    assert rows("response.content", {"text": encoded, "encoding": "base64"})[1] == b"\x00\xff"
    assert rows("request.postData", {"text": encoded, "encoding": "base64"})[0] == b"\x00\xff"
    assert rows("request.postData", "hi")[0] == b"hi"
    fields = [{"name": "a", "value": "1 2"}, {"name": "b"}]
    assert rows("request.postData", {"params": fields})[0] == b"a=1+2&b="
    assert [len(rows("response.status", status)) for status in (0, -1, None, "")] == [1] * 4


def test_a_websocket_in_http2() -> None:
    """CONNECT, 200 and headers that begin with a colon are how HTTP/2 asks for one."""
    entry = changed(CHROMIUM, "request.method", "CONNECT")
    entry = changed(entry, "request.headers", [{"name": ":method", "value": "CONNECT"}])
    entry["response"] = {"status": 200, "headers": []}
    assert [line for line in told(entry) if not line.startswith("re")] == [
        "text hi",
        "binary 01 02",
    ]


def test_a_large_file_is_kept_whole() -> None:
    """More than a live link keeps, in number and in bytes: from the handshake to the last row."""

    class Small(Trace):
        def __init__(self) -> None:
            super().__init__(max_records=50, max_bytes=2**20)

    many = [{"type": "send", "time": None, "opcode": 1, "data": str(n)} for n in range(100)]
    large = [{"type": "receive", "time": None, "opcode": 1, "data": "x" * 2**20}] * 2
    trace = Small.from_har(har(messages(*many, *large)))
    rows = trace.rows()
    assert (len(rows), rows.dropped, trace.dropped) == (3 + 102, 0, 0)
    assert [row.kind for row in rows[:4]] == ["opened", "request", "response", "text"]
    assert {row.problem for row in rows[3:]} == {""}


@pytest.mark.parametrize("content", [None, {}, [], 5, {"log": {"entries": 5}}, {"log": []}])
def test_what_is_no_har(lab: ModuleType, content: Any) -> None:
    """Without entries there is nothing to read, and the error says so."""
    with pytest.raises(lab.LabError, match="not a HAR"):
        Trace.from_har(content)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["", "\ud83d", "\0", "\r\n", "-1", "base64", "wss://[", "1e999"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
PLACES = [
    (entry, path)
    for entry in (CHROMIUM, PAGE | {"request": PAGE["request"] | {"postData": {"text": "x"}}})
    for path in (
        *("startedDateTime", "time", "request", "response", "_webSocketMessages"),
        *(f"request.{name}" for name in ("method", "url", "headers", "postData")),
        *(f"response.{name}" for name in ("status", "statusText", "headers", "content")),
        *(f"response.content.{name}" for name in ("size", "text", "encoding", "comment")),
    )
] + [
    (CHROMIUM, f"_webSocketMessages.{path}")
    for path in ("0", *(f"1.{name}" for name in ("type", "time", "opcode", "data", "comment")))
]
PLACES += [
    (STREAM, path)
    for path in (
        *("timings", "timings.wait", "_eventSourceMessages", "_eventSourceMessages.0"),
        *(f"_eventSourceMessages.1.{name}" for name in ("time", "eventName", "eventId", "data")),
        *("response.headers", "response.headers.0.value", "response.status"),
    )
]


@pytest.mark.exhaustive
@given(st.data())
@settings(max_examples=300)
def test_nothing_in_a_file_raises(data: st.DataObject) -> None:
    """Whatever stands in its fields, the file is read, its rows print, and it can be written."""
    entry, path = data.draw(st.sampled_from(PLACES))
    entry = changed(entry, path, data.draw(ODD))
    for _ in range(data.draw(st.integers(0, 1))):
        top = data.draw(st.sampled_from(["time", "startedDateTime", "_webSocketMessages"]))
        entry = changed(entry, top, data.draw(ODD))
    trace = Trace.from_har(har(entry, PAGE))
    rows = trace.rows()
    assert [row.content for row in rows][-1] == "HTTP/1.1 200 OK" or len(rows) > 3
    assert repr(rows) and [repr(row.open()) for row in rows]
    json.dumps(trace.to_har())
    Trace.from_har(trace.to_har()).rows()
