"""Rows and how they print."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exceptions import LabError
from labkit.trace.passage import Passage
from labkit.trace.rows import Rows, steady
from tests.support.raw import TEXT, frame, request
from tests.support.streams import GET, chunk, polled_session, stream_head
from tests.support.traces import SESSION, recorded


def test_a_table_as_text_and_as_html() -> None:
    """A line for each row, without times; the HTML is escaped."""
    trace = recorded(*SESSION)  # type: ignore[arg-type]
    trace.append(1, "upstream", frame(TEXT, b"<b>", masked=False))
    table = trace.rows()
    assert repr(table).splitlines()[1:5] == [
        "· opened",
        f"→ request          {len(request())} B  GET / HTTP/1.1",
        "← response          59 B  HTTP/1.1 101 S  ! Sec-WebSocket-Accept: the key asks for "
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "→ text              11 B  hello",
    ]
    html = table._repr_html_()
    assert "&lt;b&gt;" in html and "<b>" not in html and "a client must mask" in html
    assert html.count('style="text-align:left"') == html.count("<th ") + html.count("<td ")
    assert repr(Rows([])) == "nothing crossed" and "nothing crossed" in Rows([])._repr_html_()


def test_heartbeats_are_folded_in_a_table() -> None:
    """A line counts them; who asks for them sees them, and the sequence has them all."""
    trace = recorded(*SESSION)  # type: ignore[arg-type]
    rows = trace.rows()
    assert "ping" not in repr(rows)
    assert repr(rows).splitlines()[0] == "(1 heartbeat hidden)"
    assert "<p>(1 heartbeat hidden)</p>" in rows._repr_html_()
    assert ">ping<" not in rows._repr_html_() and "ping" in [row.kind for row in rows]
    assert repr(trace.rows(kind="ping")).startswith("→ ping")
    assert ">ping<" in trace.rows(kind="ping")._repr_html_()


def test_polls_that_bring_nothing_are_folded() -> None:
    """Those that brought something are shown, and all if there is nothing else."""
    trace = polled_session()
    rows = trace.rows()
    assert repr(rows).splitlines() == [
        "(polls that brought nothing are hidden)",
        "· opened",
        "→ request           76 B  GET /messages?client=…&after=…-1 HTTP/1.1",
        "← response         146 B  HTTP/1.1 200 OK  [hello]",
        "→ request          116 B  POST /messages?client=…&number=1 HTTP/1.1  [hi]",
        "← response          27 B  HTTP/1.1 204 No Content, acknowledges message 1",
    ]
    assert "(polls that brought nothing are hidden)" in rows._repr_html_()
    assert [row.is_idle for row in rows] == [False, True, True, *[False] * 4, True]
    assert len(steady(rows, heartbeats=True)) == 7
    idle = repr(trace.rows(text="GET")[:1])
    assert idle == "→ request           76 B  GET /messages?client=…&after=…-1 HTTP/1.1"


def test_cursors_that_came_alone_are_folded() -> None:
    """When they come is a matter of timing; an event's own cursor stands with it."""
    blocks = chunk(b"id: 7\n\n") + chunk(b"id: 8\ndata: hello\n\n") + chunk(b"id: 9\n\n")
    rows = recorded(("upstream", GET), ("downstream", stream_head() + blocks)).rows()
    assert repr(rows).splitlines() == [
        "(cursors that came alone are hidden)",
        "· opened",
        "→ request           57 B  GET /events?client=… HTTP/1.1",
        "← response          95 B  HTTP/1.1 200 OK, opens an event stream",
        "← event             25 B  hello  (id 8)",
    ]
    assert [row.content for row in rows if row.kind == "cursor"] == ["7", "9"]


def test_a_poll_that_the_link_keeps_is_shown() -> None:
    """Whoever looks for what became of it finds it."""
    trace = polled_session()
    trace.passages[1, "upstream"] = Passage(0)
    row = trace.rows()[-1]
    assert row.fate == "held" and not row.is_idle


def test_rows_are_a_sequence() -> None:
    """They can be counted, sliced and iterated."""
    rows = recorded(*SESSION).rows()  # type: ignore[arg-type]
    assert len(rows[1:3]) == 2 and isinstance(rows[1:3], Rows)
    assert rows[-1] is list(rows)[-1]


def test_rows_are_chosen() -> None:
    """By kind, direction, connection and text."""
    trace = recorded(*SESSION)  # type: ignore[arg-type]
    assert [row.direction for row in trace.rows(kind="text")] == ["upstream", "downstream"]
    assert len(trace.rows(kind="text", direction="upstream", text="ell")) == 1
    assert len(trace.rows(connection=2)) == 0 and len(trace.rows(text="nobody said this")) == 0


def test_rows_that_are_not_there() -> None:
    """Nothing matched is not nothing crossed: the kinds are named, and a direction is checked."""
    trace = recorded(*SESSION)  # type: ignore[arg-type]
    none = trace.rows(kind="texts")
    told = "no row matches; the kinds of those that crossed: opened, request, response, text"
    assert repr(none).startswith(told) and told in none._repr_html_()
    with pytest.raises(LabError, match='"upstream" or "downstream", not \'up\''):
        trace.rows(direction="up")  # type: ignore[arg-type]
    with pytest.raises(LabError, match="not b'hello'"):
        trace.rows(text=b"hello")  # type: ignore[arg-type]


async def test_several_links_are_one_time_line(lab: ModuleType) -> None:
    """Added rows are merged by time, and each line tells its link."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    await alice.say("hello")
    await bob.hears("hello")
    both = bob.link.trace.rows(text="hello") + alice.link.trace.rows(text="hello")
    assert repr(both).splitlines() == [
        "alice  → text              11 B  hello",
        "bob    ← text               7 B  hello",
    ]
    assert both.links == ["alice", "bob"]
    assert '<th scope="col" style="text-align:left">link</th>' in both._repr_html_()


def test_bytes_of_each_layer() -> None:
    """The wire, the frames without HTTP, and the contents of the messages."""
    trace = recorded(*SESSION)  # type: ignore[arg-type]
    frames = SESSION[3][1]
    assert trace.bytes("downstream", layer="frames") == frames
    assert trace.bytes("upstream", layer="frames") == SESSION[2][1]
    assert trace.bytes("downstream", layer="messages") == b"hello\x03\xe8"
    assert trace.bytes("upstream", layer="messages") == b"hello?\x03\xe8bye"
    with pytest.raises(ValueError, match="'frames'"):
        trace.bytes("upstream", layer="nonsense")


def test_events_are_messages() -> None:
    """Their contents stand where those of a WebSocket do, heartbeats and cursors do not."""
    blocks = b'data: {"text": "hello"}\n\n', b"event: heartbeat\ndata:\n\n", b"id: 7\ndata: x\n\n"
    stream = stream_head() + b"".join(map(chunk, blocks))
    trace = recorded(("upstream", GET), ("downstream", stream))
    assert trace.bytes("downstream", layer="messages") == b"hellox"


def test_garbage_is_no_message() -> None:
    """Bytes that could not be decoded, and those behind them, are in no layer but the bytes."""
    trace = recorded(("upstream", b"\x16\x03\x01\r\n\r\n"), ("upstream", b"\x16\x03\x02"))
    assert [row.payload for row in trace.rows(kind="garbage")] == [
        b"\x16\x03\x01\r\n\r\n",
        b"\x16\x03\x02",
    ]
    assert (
        trace.bytes("upstream", layer="messages") == trace.bytes("upstream", layer="frames") == b""
    )
    trace = recorded(*SESSION)  # type: ignore[arg-type]
    trace.append(1, "upstream", frame(TEXT, b"half", fin=False))
    trace.note(1, "cut")
    assert trace.bytes("upstream", layer="messages") == b"hello?\x03\xe8bye"
