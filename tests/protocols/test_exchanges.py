"""HTTP messages of both directions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.exchanges import MAX_AT_ONCE, MAX_HELD, MAX_OPEN, Exchanges
from labkit.protocols.http1 import Garbage, HttpMessage

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
)
UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n"
)
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


def short(item: HttpMessage | Garbage) -> str:
    """Return what matters of an item as words."""
    if isinstance(item, Garbage):
        return f"garbage {item.size}"
    return f"{item.exchange} {item.start_line} {item.body!r} {item.size}"


def test_a_conversation() -> None:
    """Requests and responses are paired by number, with bodies of both framings."""
    http = Exchanges()
    asked = http.feed("upstream", GET)[0]
    assert isinstance(asked, HttpMessage) and asked.header("HOST") == "x" and asked.head == GET
    assert [short(i) for i in http.feed("downstream", CHUNKED)] == [
        f"1 HTTP/1.1 200 OK b'hello world' {len(CHUNKED)}"
    ]
    assert [short(i) for i in http.feed("upstream", POST + GET)] == [
        f"2 POST /b HTTP/1.1 b'hello' {len(POST)}",
        f"3 GET /a HTTP/1.1 b'' {len(GET)}",
    ]
    assert [short(i) for i in http.feed("downstream", OK + OK)] == [
        f"2 HTTP/1.1 200 OK b'ok' {len(OK)}",
        f"3 HTTP/1.1 200 OK b'ok' {len(OK)}",
    ]


def test_a_head_has_no_body_and_a_100_is_not_the_answer() -> None:
    """What a response is depends on its request."""
    http = Exchanges()
    http.feed("upstream", GET.replace(b"GET", b"HEAD") + POST)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
    found = http.feed("downstream", head + b"HTTP/1.1 100 Continue\r\n\r\n" + OK)
    assert [(i.exchange, i.status, i.length) for i in found if isinstance(i, HttpMessage)] == [
        (1, 200, 0),
        (2, 100, 0),
        (2, 200, 2),
    ]


def test_a_body_that_ends_with_the_connection() -> None:
    """Without a length a body lasts until the end."""
    http = Exchanges()
    http.feed("upstream", GET)
    assert http.feed("downstream", b"HTTP/1.1 200 OK\r\n\r\nall that") == []
    (message,) = http.end("downstream")
    assert isinstance(message, HttpMessage) and message.body == b"all that"
    assert http.end("upstream") == []


def test_a_switch() -> None:
    """Behind a 101 nothing is HTTP, also what was sent before it came."""
    http = Exchanges()
    assert len(http.feed("upstream", UPGRADE + b"early")) == 1
    http.feed("upstream", b" bird")
    assert len(http.feed("downstream", SWITCH + b"frames")) == 1
    assert http.switched is not None and http.switched[1].status == 101
    assert (http.behind("upstream"), http.behind("downstream")) == (b"early bird", b"frames")
    assert http.behind("upstream") == b""


def test_a_refused_switch_stays_http() -> None:
    """What followed the request is another request after all."""
    http = Exchanges()
    assert len(http.feed("upstream", UPGRADE + GET)) == 1
    found = http.feed("downstream", b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n")
    assert [short(i).split()[:2] for i in found] == [["1", "HTTP/1.1"], ["2", "GET"]]


def test_what_is_no_http() -> None:
    """It is garbage with a reason, and so is all that follows in that direction."""
    http = Exchanges()
    (garbage,) = http.feed("upstream", b"\x00\x01 hello\r\n\r\n")
    assert isinstance(garbage, Garbage) and garbage.why.startswith("not HTTP/1.1")
    assert [short(i) for i in http.feed("upstream", b"more")] == ["garbage 4"]
    assert [short(i) for i in Exchanges().feed("downstream", OK)] == [f"garbage {len(OK)}"]


def test_what_did_not_end() -> None:
    """Half a request and half a response are garbage at the end of their streams."""
    http = Exchanges()
    http.feed("upstream", GET + GET[:9])
    http.feed("downstream", OK[:-1])
    assert [short(i) for i in http.end("upstream")] == ["garbage 9"]
    assert [short(i) for i in http.end("downstream")] == [f"garbage {len(OK) - 1}"]


def test_a_long_body_is_counted() -> None:
    """Of a large body the beginning is kept."""
    http = Exchanges()
    big = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n"
    http.feed("upstream", big)
    found = [item for _ in range(50) for item in http.feed("upstream", bytes(100_000))]
    assert isinstance(found[0], HttpMessage)
    assert found[0].length == 5_000_000 and len(found[0].body) == 256 * 1024
    assert found[0].size == len(big) + 5_000_000


@given(st.lists(st.integers(1, 40)))
def test_any_split_gives_the_same_messages(sizes: list[int]) -> None:
    """Both streams may be cut anywhere."""
    whole, split = Exchanges(), Exchanges()
    for direction, data in (
        ("upstream", GET + POST + UPGRADE),
        ("downstream", CHUNKED + OK + SWITCH),
    ):
        expected, found, at = whole.feed(direction, data + b"rest"), [], 0
        for size in [*sizes, len(data) + 4]:
            found += split.feed(direction, (data + b"rest")[at : at + size])
            at += size
        assert found == expected
    assert whole.behind("upstream") == split.behind("upstream") == b"rest"
    assert whole.behind("downstream") == split.behind("downstream") == b"rest"


@given(
    st.lists(
        st.tuples(st.sampled_from(DIRECTIONS), st.one_of(st.binary(), st.sampled_from([GET, OK])))
    )
)
def test_garbage_raises_nothing(chunks: list[tuple[Direction, bytes]]) -> None:
    """Any bytes in any order give items, and no exception."""
    http = Exchanges()
    for direction, chunk in chunks:
        if chunk:
            http.feed(direction, chunk)
    http.end("upstream")
    http.end("downstream")


def fed(http: Exchanges, direction: Direction, chunk: bytes) -> list[HttpMessage | Garbage]:
    """Feed a chunk, and then nothing until all that can be decoded is."""
    items = http.feed(direction, chunk)
    found = list(items)
    while items:
        assert len(items) <= 2 * MAX_AT_ONCE
        items = http.feed(direction)
        found += items
    return found


def test_so_many_at_once() -> None:
    """A feed decodes so many messages at most, and the next ones the rest, in their order."""
    http = Exchanges()
    requests = fed(http, "upstream", GET * 450)
    assert len(http.feed("downstream", OK * 450)) == MAX_AT_ONCE
    assert len(fed(http, "downstream", b"")) == 350
    assert [item.exchange for item in requests if isinstance(item, HttpMessage)] == list(
        range(1, 451)
    )


def test_many_requests_wait() -> None:
    """Requests that wait for their turn are decoded as answers come, each with its own."""
    http = Exchanges()
    asked = fed(http, "upstream", GET * (3 * MAX_OPEN))
    assert len(asked) == MAX_OPEN
    both = [item for _ in range(3) for item in fed(http, "downstream", OK * MAX_OPEN)]
    assert sum(isinstance(item, HttpMessage) for item in both) == 5 * MAX_OPEN
    assert (
        not fed(http, "upstream", b"") and not http.end("upstream") and not http.end("downstream")
    )
    (late,) = fed(http, "downstream", OK)
    assert isinstance(late, Garbage) and late.why == "an answer that nobody asked for"


def test_what_is_held_back_is_bounded() -> None:
    """Megabytes behind a request to upgrade that nobody answers are given up, and counted."""
    http = Exchanges()
    fed(http, "upstream", UPGRADE)
    found = [item for _ in range(80) for item in fed(http, "upstream", bytes(2**16))]
    assert http.gave_up("upstream") and not http.gave_up("downstream")
    assert all(isinstance(item, Garbage) and len(item.data) <= 2**16 for item in found)
    assert sum(item.size for item in found) == 80 * 2**16 > MAX_HELD


def test_garbage_tells_its_direction() -> None:
    """Also what was held back upstream, and turns out to be garbage when an answer came."""
    http = Exchanges()
    fed(http, "upstream", UPGRADE + b"\x00\r\n\r\n")
    answer, garbage = fed(http, "downstream", OK)
    assert isinstance(answer, HttpMessage)
    assert isinstance(garbage, Garbage) and garbage.direction == "upstream"


def test_what_waits_for_an_answer() -> None:
    """It is known which requests have none, how much has begun, and whether HTTP may end."""
    http = Exchanges()
    http.feed("upstream", GET + POST)
    assert [each.method for each in http.unanswered] == ["GET", "POST"] and not http.waits
    http.feed("downstream", OK + OK[:9])
    assert [each.method for each in http.unanswered] == ["POST"]
    assert (http.begun("upstream"), http.begun("downstream")) == (0, 9)
    http.feed("downstream", OK[9:])
    http.feed("upstream", UPGRADE + GET[:9])
    assert http.waits and http.begun("upstream") == 9
    http.feed("downstream", OK)
    assert not http.waits and http.begun("upstream") == 9


def test_what_follows_connect_is_read_on() -> None:
    """The answer to it has no body, whatever it says, and in the tunnel is HTTP again."""
    http = Exchanges()
    http.feed("upstream", b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n" + UPGRADE)
    established = b"HTTP/1.1 200 Connection established\r\nContent-Length: 9\r\n\r\n"
    found = http.feed("downstream", established + SWITCH + b"behind")
    assert [(i.exchange, i.status, i.size) for i in found if isinstance(i, HttpMessage)] == [
        (1, 200, len(established)),
        (2, 101, len(SWITCH)),
    ]
    assert http.behind("downstream") == b"behind"
    refused = Exchanges()
    refused.feed("upstream", b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n" + GET)
    no = OK.replace(b"200 OK", b"403 No")
    assert [short(i)[:14] for i in refused.feed("downstream", no + OK)] == [
        "1 HTTP/1.1 403",
        "2 HTTP/1.1 200",
    ]


def test_a_message_that_has_begun_to_come() -> None:
    """All of it was read, unless it waits for what is before it."""
    http = Exchanges()
    assert not http.is_reading("upstream")
    http.feed("upstream", POST[:-1])
    assert http.is_reading("upstream")
    http.feed("upstream", POST[-1:] + UPGRADE)
    assert not http.is_reading("upstream")
    http.feed("upstream", GET[:5])
    assert not http.is_reading("upstream")
