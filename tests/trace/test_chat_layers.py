"""Messages of a chat in the rows of HTTP."""

from __future__ import annotations

import pytest

from labkit.protocols.directions import Direction
from labkit.trace.rows import Row
from tests.support.long_inputs import OK, SWITCH
from tests.support.raw import TEXT, frame
from tests.support.streams import CLIENT, EPOCH, answers, asks
from tests.support.traces import recorded

POLL = asks("/messages?client=CLIENT&after=deadbeef-1")
POST = asks("/messages?client=CLIENT&number=2", "POST", b"hello")
BATCH = (
    '{"messages": [{"id": "EPOCH-2", "text": "hello"}, {"text": "welcome"}, '
    '{"id": "EPOCH-3", "base64": "AQI="}], "next": "EPOCH-4", "lost": 3}'
)


def rows(asked: bytes, answered: bytes) -> tuple[Row, Row]:
    """Return the rows of an exchange."""
    trace = recorded(("upstream", asked), ("downstream", answered))
    _, request, response = trace.rows()
    return request, response


@pytest.mark.parametrize(
    ("asked", "answered", "request_says", "response_says"),
    [
        (
            POLL,
            answers(BATCH),
            "GET /messages?client=…&after=…-1 HTTP/1.1",
            "HTTP/1.1 200 OK  [lost: at most 3 messages are no longer in the history; hello; "
            "welcome; 01 02]",
        ),
        (
            POLL,
            OK,
            "GET /messages?client=…&after=…-1 HTTP/1.1",
            "HTTP/1.1 204 No Content, nothing new",
        ),
        (
            POLL,
            answers('{"messages": [], "next": "EPOCH-4"}'),
            "GET /messages?client=…&after=…-1 HTTP/1.1",
            "HTTP/1.1 200 OK  [no message, next …-4]",
        ),
        (
            POST,
            OK,
            "POST /messages?client=…&number=2 HTTP/1.1  [hello]",
            "HTTP/1.1 204 No Content, acknowledges message 2",
        ),
        (
            asks("/messages?client=CLIENT&number=0", "POST"),
            OK,
            "POST /messages?client=…&number=0 HTTP/1.1  [no message]",
            "HTTP/1.1 204 No Content, acknowledges nothing",
        ),
        (asks("/other"), OK, "GET /other HTTP/1.1", "HTTP/1.1 204 No Content"),
    ],
)
def test_what_rows_say(
    asked: bytes, answered: bytes, request_says: str, response_says: str
) -> None:
    """The messages, what is lost, that there is nothing new, and what is acknowledged."""
    request, response = rows(asked, answered)
    assert (request.content, response.content) == (request_says, response_says)
    for row in (request, response):
        assert sum(layer.added for layer in row.layers) == row.size


def test_the_layers_of_an_answer() -> None:
    """Each message, the JSON around them with their cursors, and HTTP."""
    _, response = rows(POLL, answers(BATCH))
    assert [layer.name for layer in response.layers] == [*["message"] * 3, "JSON", "HTTP response"]
    json = response.layers[3]
    assert json.summary == "3 messages, next …-4"
    assert [(field.name, field.value) for field in json.fields] == [
        ("id", f"{EPOCH}-2"),
        ("id", f"{EPOCH}-3"),
        ("lost", "3"),
        ("next", f"{EPOCH}-4"),
    ]


def test_nothing_random_is_shown() -> None:
    """Neither a client's id, of which only a part is there at all, nor an epoch."""
    for row in (*rows(POLL, answers(BATCH)), *rows(POST, OK)):
        shown = f"{row!r}{row.open()!r}{row.open()._repr_html_()}"
        assert EPOCH not in shown and CLIENT[:4] not in shown
        fields = str([field.value for layer in row.layers for field in layer.fields])
        assert CLIENT not in fields and CLIENT not in repr(row.decoded)


SOCKET = asks("/ws?client=CLIENT").replace(
    b"Host: a", b"Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket"
)


@pytest.mark.parametrize(
    ("direction", "text", "kind", "content"),
    [
        ("upstream", '{"number": 1, "text": "hi"}', "text", "hi  (number 1)"),
        ("upstream", '{"number": 0, "text": ""}', "text", "nothing  (number 0)"),
        ("downstream", '{"id": "deadbeef-7", "text": "hi"}', "text", "hi  (id …-7)"),
        ("downstream", '{"base64": "AQI="}', "text", "01 02"),
        ("downstream", '{"ack": 1}', "ack", "of message 1"),
        ("downstream", '{"ack": 0}', "ack", "of nothing"),
        ("downstream", '{"next": "deadbeef-7"}', "cursor", "…-7"),
        ("downstream", '{"lost": 1}', "lost", "at most 1 message is no longer in the history"),
        ("downstream", '{"heartbeat": 5}', "heartbeat", "5"),
    ],
)
def test_a_frame_of_the_chain(direction: Direction, text: str, kind: str, content: str) -> None:
    """Its row says what it says on the other ways; nothing random is shown of what is known."""
    sent = frame(TEXT, text.encode(), masked=direction == "upstream")
    trace = recorded(("upstream", SOCKET), ("downstream", SWITCH), (direction, sent))
    row = trace.rows()[-1]
    assert (row.kind, row.content, row.problem) == (kind, content, "")
    assert sum(layer.added for layer in row.layers) == row.size == len(sent)
    assert row.is_heartbeat == (kind == "heartbeat")
    shown = f"{row!r}{row.open()!r}{row.open()._repr_html_()}"
    assert (kind == "text" and "other" in text) or EPOCH not in shown
    assert "64 65 61 64 62" not in shown or "other" in text


def test_what_is_no_frame_of_the_chain() -> None:
    """It is a text: one that says something else, and one on another WebSocket."""
    sent = frame(TEXT, b'{"other": 7}', masked=False)
    row = recorded(("upstream", SOCKET), ("downstream", SWITCH), ("downstream", sent)).rows()[-1]
    assert (row.kind, row.content) == ("text", '{"other": 7}')
    other = SOCKET.replace(b"/ws", b"/chat")
    sent = frame(TEXT, b'{"heartbeat": 5}', masked=False)
    row = recorded(("upstream", other), ("downstream", SWITCH), ("downstream", sent)).rows()[-1]
    assert (row.kind, row.content) == ("text", '{"heartbeat": 5}')
