"""The bytes of a whole connection split into units."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.protocols.connection_decoder import ConnectionDecoder
from labkit.protocols.directions import Direction
from labkit.protocols.http_parts import HttpPart
from labkit.protocols.polled import POLLED, PolledBody
from labkit.protocols.splitter import MAX_WAITING, UNREAD, UNTOUCHED, Splitter
from labkit.protocols.units import Agreed, Stretch, Unit
from tests.support.long_inputs import GET, OK, REFUSED, SWITCH
from tests.support.pieces import FRAMES, cut, joined, kinds, small_units, units
from tests.support.raw import TEXT, frame, request
from tests.support.streams import GET as SUBSCRIBE
from tests.support.streams import chunk as chunked
from tests.support.streams import stream_head

HELLO, ECHO = frame(TEXT, b"hello"), frame(TEXT, b"echo", masked=False)
DEFLATE = b"Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n\r\n"


def test_a_handshake_and_frames() -> None:
    """The handshake passes as it comes, and frames are units in both directions."""
    splitter = Splitter()
    asked = request()
    assert splitter.feed("upstream", asked[:9]) == [asked[:9]]
    assert splitter.feed("upstream", asked[9:]) == [asked[9:]]
    assert splitter.agreed is None
    answered = splitter.feed("downstream", SWITCH + ECHO + ECHO[:3])
    assert answered[0] == SWITCH and units(answered) == [ECHO]
    assert splitter.kept("downstream") == ECHO[:3]
    assert splitter.agreed == {"upstream": Agreed(), "downstream": Agreed()}
    assert units(splitter.feed("upstream", HELLO)) == [HELLO]


@pytest.mark.parametrize(
    ("line", "extension", "up", "down"),
    [
        ("GET /?EIO=4 HTTP/1.1", b"\r\n", Agreed(True), Agreed(True)),
        ("GET / HTTP/1.1", DEFLATE, Agreed(False, 15, False), Agreed(False, 15, True)),
    ],
)
def test_what_was_agreed_on(line: str, extension: bytes, up: Agreed, down: Agreed) -> None:
    """Engine.IO is seen in the request, compression of each direction in the answer."""
    splitter = Splitter()
    splitter.feed("upstream", request(line=line))
    splitter.feed("downstream", SWITCH[:-2] + extension)
    assert splitter.agreed == {"upstream": up, "downstream": down}


@pytest.mark.parametrize("at", [0, 3, len(HELLO), len(HELLO) + 4])
def test_frames_before_the_answer(at: int) -> None:
    """What a client sends early waits until the answer says that it is frames."""
    splitter, data = Splitter(), HELLO + HELLO
    asked = request() + data[:at]
    assert joined(splitter.feed("upstream", asked)) == request()
    assert splitter.feed("upstream", data[at:]) == [] and splitter.kept("upstream") == data
    assert joined(splitter.feed("downstream", SWITCH)) == SWITCH
    assert (
        units(splitter.released("upstream")) == [HELLO, HELLO]
        and splitter.released("upstream") == []
    )
    assert splitter.kept("upstream") == b""


def test_a_refused_handshake() -> None:
    """What waited is another request then, and passes."""
    splitter = Splitter()
    splitter.feed("upstream", request())
    assert splitter.feed("upstream", GET) == []
    assert splitter.feed("downstream", REFUSED) == [REFUSED]
    assert splitter.released("upstream") == [GET]
    assert splitter.feed("downstream", OK) == [OK]
    assert splitter.feed("upstream", request() + HELLO) == [request()]
    assert joined(splitter.feed("downstream", SWITCH)) == SWITCH
    assert units(splitter.released("upstream")) == [HELLO]


@pytest.mark.parametrize(
    ("up", "down"),
    [
        (b"nonsense\r\n\r\n", b"nonsense\r\n\r\n"),
        (request(), b"nonsense\r\n\r\n"),
        (request(), b"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n"),
    ],
)
def test_what_is_something_else_passes(up: bytes, down: bytes) -> None:
    """Behind what is not HTTP, or leads to another protocol than WebSocket, all passes."""
    splitter = Splitter()
    assert joined(splitter.feed("upstream", up)) == up
    early = joined(splitter.feed("upstream", HELLO))
    assert joined(splitter.feed("downstream", down)) == down
    assert early + joined(splitter.released("upstream")) == HELLO
    for direction in ("upstream", "downstream"):
        assert splitter.feed(direction, HELLO) == [HELLO]  # type: ignore[arg-type]
    assert splitter.agreed is None


def test_too_much_before_the_answer() -> None:
    """What waits is bounded: more passes, and all that follows."""
    splitter, early = Splitter(), bytes(MAX_WAITING)
    assert splitter.feed("upstream", request() + early) == [request()]
    assert splitter.feed("upstream", b"x") == [early + b"x"]
    assert splitter.feed("downstream", SWITCH + ECHO) == [SWITCH + ECHO]


@given(st.lists(FRAMES, max_size=5), st.lists(st.integers(0), max_size=9), st.booleans())
def test_where_units_end(frames: list[bytes], cuts: list[int], early: bool) -> None:
    """Their offsets are those of the rows of a trace, and bytes that pass end where they do."""
    data = b"".join(frames)
    sent = [("upstream", request()), ("downstream", SWITCH + ECHO)]
    sent.insert(1 if early else 2, ("upstream", data))
    splitter, decoder, found, wanted = Splitter(), ConnectionDecoder(), [], []
    for direction, part in sent:
        for chunk in cut(part, cuts):
            found += [*splitter.feed(direction, chunk), *splitter.released("upstream")]  # type: ignore[arg-type]
            steps = decoder.feed(direction, chunk)  # type: ignore[arg-type]
            wanted += [item.stop for step in steps for item in step]
    stops = [each.stop for each in found if isinstance(each, Unit)]
    assert set(stops) <= set(wanted)
    passed = [each for each in found if isinstance(each, Stretch)]
    assert {len(request()), len(SWITCH)} <= {each.stop for each in passed}
    kept = splitter.take_kept("upstream")
    assert kept.stop == len(request() + data)
    splitter.count_from("upstream", 1000)
    (unit,) = splitter.feed("upstream", HELLO)[-1:]
    assert unit.stop == 1000 + len(HELLO)


@pytest.mark.parametrize("by_decoder", [False, True])
@small_units()
@given(st.lists(FRAMES, max_size=4), st.integers(0), st.booleans())
def test_joining_anywhere(by_decoder: bool, frames: list[bytes], at: int, early: bool) -> None:
    """In the handshake, behind it or in frames: all that follows passes once, in order."""
    sent = [("upstream", request()), ("downstream", SWITCH)]
    sent.insert(1 if early else 2, ("upstream", b"".join(frames)))
    total = sum(len(data) for _, data in sent)
    at %= total + 1
    splitter, decoder = Splitter(), ConnectionDecoder()
    after = {"upstream": b"", "downstream": b""}
    found: dict[str, list] = {"upstream": [], "downstream": []}  # type: ignore[type-arg]
    has_joined = False
    for direction, data in sent:
        before, rest = data[:at], data[at:]
        at = max(0, at - len(data))
        splitter.feed(direction, before)  # type: ignore[arg-type]
        list(decoder.feed(direction, before))  # type: ignore[arg-type]
        if rest and not has_joined:
            has_joined = True
            if by_decoder:
                splitter = decoder.splitter()
            else:
                splitter.join()
        if rest:
            after[direction] += rest
            found[direction] += splitter.feed(direction, rest)  # type: ignore[arg-type]
            found["upstream"] += splitter.released("upstream")
    for direction in ("upstream", "downstream") if has_joined else ():
        passed = joined(found[direction]) + splitter.kept(direction)  # type: ignore[arg-type]
        assert sorted(passed) == sorted(after[direction])
    assert not has_joined or splitter.agreed is not None


@small_units()
@given(st.lists(FRAMES, max_size=5), st.lists(st.integers(0), max_size=9))
def test_any_split_gives_the_same(frames: list[bytes], cuts: list[int]) -> None:
    """Chunks of the handshake and of the frames change nothing."""
    splitter, data = Splitter(), request() + b"".join(frames)
    found = [piece for chunk in cut(data, cuts) for piece in splitter.feed("upstream", chunk)]
    assert joined(found) == request()
    for chunk in cut(SWITCH + ECHO, cuts):
        found += splitter.feed("downstream", chunk)
    found += splitter.released("upstream")
    other = Splitter()
    other.feed("upstream", request())
    other.feed("downstream", SWITCH)
    assert units(found) == [ECHO, *units(other.feed("upstream", b"".join(frames)))]
    assert kinds(found).count("") <= 2 * len(cuts) + 4 + len(frames)


POLL = b"GET /?EIO=4&sid=one&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n"
PAYLOAD = b'42["m"]\x1e3'
HEAD = b"POST /?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n"
POST = HEAD + b"Content-Length: 9\r\n\r\n" + PAYLOAD
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + PAYLOAD


@given(st.lists(st.integers(0), max_size=9))
def test_bodies_of_polling(cuts: list[int]) -> None:
    """They are kept until they are whole, however they come; all other HTTP passes."""
    splitter, sent = Splitter(), POST + GET + POLL
    found = [piece for chunk in cut(sent, cuts) for piece in splitter.feed("upstream", chunk)]
    answers = OK + OK + RESPONSE
    got = [piece for chunk in cut(answers, cuts) for piece in splitter.feed("downstream", chunk)]
    for pieces, data, end in ((found, sent, len(POST)), (got, answers, len(answers))):
        (body,) = [each for each in pieces if isinstance(each, PolledBody)]
        assert [unit.kind for unit in body.units] == ["event", "pong"] and body.stop == end
        assert body.session == ("" if data is sent else "one")
        assert joined(pieces) == data
    assert splitter.agreed == {"upstream": POLLED, "downstream": POLLED}
    assert splitter.facts == []


@pytest.mark.parametrize(
    ("direction", "data"),
    [
        ("upstream", HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n3\r\n0\r\n\r\n"),
        ("upstream", HEAD + b"Content-Length: 300000\r\n\r\n" + bytes(300_000)),
        ("upstream", HEAD + b"Content-Length: 1\r\nContent-Encoding: br\r\n\r\n3"),
        ("downstream", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n3\r\n0\r\n\r\n"),
        ("downstream", b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + bytes(300_000)),
    ],
    ids=count(),
)
@pytest.mark.parametrize("size", [7, 10**6])
def test_bodies_that_cannot_be_read(direction: Direction, data: bytes, size: int) -> None:
    """They pass as they are, and a fact says so, once."""
    splitter = Splitter()
    splitter.feed("upstream", POLL if direction == "downstream" else b"")
    found = []
    for at in range(0, len(data[:2000]), size):
        found += splitter.feed(direction, data[:2000][at : at + size])
    found += splitter.feed(direction, data[2000:])
    assert joined(found) == data and not any(isinstance(each, PolledBody) for each in found)
    assert splitter.facts == [(direction, UNREAD)]


@pytest.mark.parametrize(
    ("up", "down"),
    [
        (POST.replace(b"EIO=4&", b""), OK),
        (POLL, b"HTTP/1.1 400 Bad Request\r\nContent-Length: 1\r\n\r\n3"),
        (POST, RESPONSE),
        (GET, b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\nsome"),
    ],
)
def test_other_bodies(up: bytes, down: bytes) -> None:
    """What is not polling, refuses it, or answers a POST has no packets, and passes at once."""
    splitter = Splitter()
    for direction, data in (("upstream", up), ("downstream", down)):
        found = splitter.feed(direction, data)  # type: ignore[arg-type]
        if data is POST:
            continue
        assert joined(found) == data and not any(isinstance(each, PolledBody) for each in found)
    assert splitter.facts == []


@given(st.integers(0, len(POST)), st.booleans())
def test_joining_in_a_body(at: int, by_decoder: bool) -> None:
    """The rest of a body that has begun to pass passes, and the next one is kept."""
    splitter, decoder = Splitter(), ConnectionDecoder()
    splitter.feed("upstream", POST[:at])
    list(decoder.feed("upstream", POST[:at]))
    splitter.join()
    if by_decoder:
        splitter = decoder.splitter()
    found = splitter.feed("upstream", POST[at:] + POST)
    assert joined(found) == POST[at:] + POST
    bodies = [each for each in found if isinstance(each, PolledBody)]
    assert len(bodies) == (2 if at == 0 else 1)


STREAM = stream_head() + chunked(b"data: a\n\n" * 2) + chunked(b"id: 7\n\n") + b"0\r\n\r\n"


@given(st.lists(st.integers(0), max_size=9), st.integers(0, len(STREAM)), st.booleans())
def test_an_event_stream_passes_at_once(cuts: list[int], at: int, by_decoder: bool) -> None:
    """None of it is kept, wherever one joins, and the body of polling behind it is found."""
    splitter, decoder = Splitter(), ConnectionDecoder()
    for direction, data in (("upstream", SUBSCRIBE + POLL), ("downstream", STREAM[:at])):
        splitter.feed(direction, data)  # type: ignore[arg-type]
        list(decoder.feed(direction, data))  # type: ignore[arg-type]
    if by_decoder:
        splitter = decoder.splitter()
        splitter.count_from("downstream", at)
    found = []
    for part in cut(STREAM[at:], cuts):
        found += splitter.feed("downstream", part)
        assert joined(found) == STREAM[at:][: len(joined(found))] and not splitter.kept(
            "downstream"
        )
    assert joined(found) == STREAM[at:]
    (body,) = splitter.feed("downstream", RESPONSE)
    assert isinstance(body, PolledBody) and body.stop == len(STREAM + RESPONSE)
    assert splitter.carries_untouched


def test_what_no_fault_acts_on() -> None:
    """A chat over HTTP and an event stream are, once, a fact; other requests are none."""
    splitter = Splitter()
    splitter.feed("upstream", GET)
    splitter.feed("downstream", OK)
    assert splitter.facts == [] and not splitter.carries_untouched
    splitter.feed("upstream", SUBSCRIBE)
    assert splitter.facts == [("upstream", UNTOUCHED)] and splitter.carries_untouched
    splitter.feed("downstream", STREAM)
    splitter.feed("upstream", SUBSCRIBE)
    assert len(splitter.facts) == 1
    other = Splitter()
    other.feed("upstream", GET)
    other.feed("downstream", STREAM)
    assert other.facts == [("upstream", UNTOUCHED)]


@given(cuts=st.lists(st.integers(1, len(STREAM) - 1)), on_at=st.integers(0, len(STREAM)))
def test_an_event_stream_in_parts(cuts: list[int], on_at: int) -> None:
    """Its head is one, then its bytes as they come; one that has begun to pass passes on so."""
    splitter = Splitter()
    splitter.acts_on_messages = False
    splitter.feed("upstream", SUBSCRIBE)
    before = splitter.feed("downstream", STREAM[:on_at])
    splitter.parts.is_on = True
    after: list[object] = []
    for part in cut(STREAM[on_at:], [each - on_at for each in cuts if each > on_at]):
        after += splitter.feed("downstream", part)
    assert joined([*before, *after]) == STREAM
    parts = [each for each in after if isinstance(each, HttpPart)]
    assert bool(parts) == (on_at == 0)
    if parts:
        assert parts[0].head is not None and parts[0].head.status == 200
        assert parts[-1].message is not None and parts[-1].message.opens_stream
    assert splitter.facts == []


def test_a_message_behind_an_event_stream_of_a_known_length() -> None:
    """It is taken to parts of its own, since the stream has ended."""
    splitter, body = Splitter(), b"data: a\n\n"
    splitter.parts.is_on = True
    splitter.feed("upstream", SUBSCRIBE + GET)
    found = splitter.feed("downstream", stream_head(framing="Content-Length: 9") + body + OK)
    assert all(isinstance(part, HttpPart) for part in found)
    heads = [part.head.status for part in found if isinstance(part, HttpPart) and part.head]
    assert heads == [200, 204]


def test_which_request_waits() -> None:
    """It is known whether another one does."""
    splitter = Splitter()
    assert splitter.is_idle
    (body,) = splitter.feed("upstream", POST)
    assert isinstance(body, PolledBody) and splitter.awaits_only(body.message)
    splitter.feed("upstream", POLL)
    assert not splitter.awaits_only(body.message) and not splitter.is_idle
    splitter.feed("downstream", OK + RESPONSE)
    assert splitter.is_idle
    splitter.feed("upstream", request())
    splitter.feed("downstream", SWITCH)
    assert not splitter.is_idle


def test_messages_in_parts() -> None:
    """The head when it is whole, the body as it comes, and an end without bytes."""
    splitter = Splitter()
    splitter.parts.is_on = True
    assert splitter.feed("upstream", GET[:-1]) == []
    head, end = splitter.feed("upstream", GET[-1:])
    assert isinstance(head, HttpPart) and head.head is not None and head.data == GET
    assert isinstance(end, HttpPart) and end.message is not None and not end.data
    assert (head.stop, end.stop) == (len(GET), len(GET))
    assert splitter.awaits_next(end.message)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"
    assert joined(splitter.feed("downstream", answer[:-1])) == answer[:-1]
    body, end = splitter.feed("downstream", answer[-1:])
    assert isinstance(body, HttpPart) and body.head is None and body.data == b"y"
    assert isinstance(end, HttpPart) and end.stop == len(answer)
    assert end.message is not None and end.message.status == 200
    assert splitter.is_idle


def test_parts_begin_and_end_with_a_message() -> None:
    """What has begun to pass otherwise passes on so, and so does what has begun in parts."""
    splitter = Splitter()
    assert splitter.feed("upstream", GET[:5]) == [GET[:5]]
    splitter.parts.is_on = True
    (rest,) = splitter.feed("upstream", GET[5:])
    assert isinstance(rest, Stretch)
    post = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n"
    (head,) = splitter.feed("upstream", post)
    splitter.parts.is_on = False
    body, end = splitter.feed("upstream", b"ok")
    assert all(isinstance(each, HttpPart) for each in (head, body, end))
    assert isinstance(splitter.feed("upstream", GET)[0], Stretch)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=12))
def test_parts_have_the_same_bytes_however_they_come(places: list[int]) -> None:
    """In order, with each message's end behind its last byte."""
    sent = GET + request() + GET
    splitter = Splitter()
    splitter.parts.is_on = True
    pieces = [piece for data in cut(sent, places) for piece in splitter.feed("upstream", data)]
    assert joined(pieces) == GET + request()  # the rest waits for the answer
    pieces += splitter.feed("downstream", OK + REFUSED) and splitter.released("upstream")
    assert joined(pieces) == sent
    ends = [each.stop for each in pieces if isinstance(each, HttpPart) and each.message]
    assert ends == [len(GET), len(GET + request()), len(sent)]
