"""Which rows belong to which session of a chat over HTTP."""

from __future__ import annotations

from labkit.endings.http_session import http_sessions, leaves
from labkit.trace import Trace
from labkit.trace.passage import Passage
from labkit.trace.rows import Row
from tests.support.long_inputs import SWITCH
from tests.support.raw import CLOSE, TEXT, frame
from tests.support.streams import GET, HELLO, LAST_CHUNK, NOTHING, answers, asks, chunk, stream_head

POLL = asks("/messages?client=CLIENT&after=EPOCH-1")
POST = asks("/messages?client=CLIENT&number=1", "POST", b"hi")
LEAVE = asks("/clients/CLIENT", "DELETE")
OPEN = stream_head() + chunk(b"retry: 1000\n\n")
CURSOR = chunk(b"id: 7\n\n")


class Story:
    """A trace, told step by step."""

    def __init__(self) -> None:
        self.trace = Trace()

    def asks(self, connection: int, asked: bytes, answered: bytes = b"") -> Story:
        """Add an exchange, or a request that waits."""
        self.trace.append(connection, "upstream", asked)
        return self.says(connection, answered) if answered else self

    def says(self, connection: int, data: bytes) -> Story:
        """Add what a server sends."""
        self.trace.append(connection, "downstream", data)
        return self

    def fact(self, connection: int, fact: str, direction: str = "") -> Story:
        """Add a fact."""
        self.trace.note(connection, fact, direction)  # type: ignore[arg-type]
        return self

    @property
    def sessions(self) -> list[list[Row]]:
        """What is found in it."""
        return http_sessions(self.trace.rows())

    @property
    def kinds(self) -> list[list[str]]:
        """The kinds of the rows of each session, in order."""
        return [[row.kind for row in rows] for rows in self.sessions]


def test_a_stream_is_cut_and_comes_back() -> None:
    """One session until the cut, with the attempts behind it, and one from the next stream on."""
    story = Story().asks(1, GET, OPEN).asks(2, POST, NOTHING)
    story.fact(1, "cut").fact(2, "cut").fact(3, "refused: the link is cut").asks(4, GET, OPEN)
    exchange = ["request", "response"]
    assert story.kinds == [
        [*exchange, "retry", *exchange, "cut", "cut", "refused"],
        [*exchange, "retry"],
    ]


def test_a_connection_that_idles_may_end() -> None:
    """It ends no session, and is not among its rows; one that is awaited does."""
    story = Story().asks(1, POLL, answers(HELLO)).fact(1, "reset").asks(2, POLL, NOTHING)
    assert story.kinds == [["request", "response"] * 2]
    story.asks(2, POLL).fact(2, "reset").asks(3, POLL, NOTHING)
    assert story.kinds == [
        [*["request", "response"] * 2, "request", "reset"],
        ["request", "response"],
    ]


def test_a_cut_between_two_polls() -> None:
    """It ends the session if the next poll is refused."""
    story = Story().asks(1, POLL, NOTHING).fact(1, "cut")
    assert story.kinds == [["request", "response"]]
    story.fact(2, "refused: the link is cut")
    assert story.kinds == [["request", "response", "cut", "refused"]]
    story.asks(3, POLL, NOTHING)
    assert len(story.sessions) == 2
    quick = Story().asks(1, POLL, NOTHING).fact(1, "cut").asks(2, POLL, NOTHING)
    assert quick.kinds == [["request", "response"] * 2]


def test_a_head_opens_nothing() -> None:
    """What buffers an event stream may let its head pass: only a block proves that it is open."""
    story = Story().asks(1, GET, stream_head())
    assert story.sessions == []
    assert story.says(1, CURSOR).kinds == [["request", "response", "cursor"]]


def test_an_answer_that_did_not_arrive_opens_nothing() -> None:
    """Nor does an error."""
    story = Story().asks(1, POLL, NOTHING)
    story.trace.passages[1, "downstream"] = Passage(0)
    assert story.sessions == []
    refused = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    assert Story().asks(1, POLL, refused).sessions == []


def test_whoever_leaves_or_is_refused_begins_again() -> None:
    """A request that leaves, an error and the end of a stream each end a session."""
    stopped = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
    story = Story().asks(1, POLL, NOTHING).asks(1, LEAVE, NOTHING).asks(1, POLL, NOTHING)
    assert [len(rows) for rows in story.sessions] == [4, 2]
    assert [leaves(row) for row in story.sessions[0]] == [False, False, True, False]
    story = Story().asks(1, POLL, NOTHING).asks(1, POLL, stopped).asks(1, POLL, NOTHING)
    assert [len(rows) for rows in story.sessions] == [4, 2]
    story = Story().asks(1, GET, OPEN + LAST_CHUNK).asks(1, GET, OPEN)
    assert [len(rows) for rows in story.sessions] == [4, 3]


def test_a_websocket_of_the_chain() -> None:
    """It is open from its first message on, not from the handshake, until it closes or breaks."""
    socket = asks("/ws?client=CLIENT").replace(
        b"Host: a", b"Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket"
    )
    story = Story().asks(1, socket, SWITCH)
    assert story.sessions == []
    story.says(1, frame(TEXT, b'{"next": "deadbeef-0"}', masked=False))
    assert story.kinds == [["request", "response", "cursor"]]
    story.fact(1, "cut").asks(2, GET, OPEN)
    assert story.kinds == [
        ["request", "response", "cursor", "cut"],
        ["request", "response", "retry"],
    ]
    closed = Story().asks(1, socket, SWITCH + frame(TEXT, b'{"ack": 0}', masked=False))
    closed.says(1, frame(CLOSE, b"\x03\xe9", masked=False)).asks(2, GET, OPEN)
    assert closed.kinds == [
        ["request", "response", "ack", "close"],
        ["request", "response", "retry"],
    ]
