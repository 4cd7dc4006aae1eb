"""What all faults have in common that understand HTTP."""

from __future__ import annotations

import gc
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.faults import (
    BufferResponses,
    DropUpgrade,
    RefuseUpgrade,
    RequireProxy,
    StripUpgrade,
    SwallowFrames,
)
from labkit.faults.http_fault import HttpFault, HttpLive, UpgradeLive
from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.http1 import MAX_HEAD
from labkit.protocols.http_parts import HttpPart, read_head
from labkit.protocols.units import Agreed, Unit
from tests.support.handshakes import SWITCH
from tests.support.http_texts import STREAM, UPGRADE, chunk, get, ok, post
from tests.support.pieces import cut
from tests.support.raw import TEXT, frame
from tests.support.turned_connection import TurnedConnection

FAULTS: list[HttpFault] = [
    BufferResponses(),
    BufferResponses(50),
    BufferResponses(headers_pass=True),
    DropUpgrade(),
    RefuseUpgrade(),
    RequireProxy(),
    StripUpgrade(),
    SwallowFrames(),
]

Talk = list[tuple[Direction, bytes]]

UP, DOWN = DIRECTIONS

POLLING = "/socket.io/?EIO=4&transport=polling&sid=a"

TALKS: list[Talk] = [
    [(UP, get() + post(b"a" * 300) + UPGRADE + get("/behind")), (DOWN, ok() + ok(b"b" * 300))],
    [(UP, get(POLLING)), (DOWN, ok(b"2")), (UP, post(b"42", POLLING)), (UP, UPGRADE)],
    [(UP, get()), (DOWN, STREAM + chunk(b"x" * 60) + chunk(b"y"))],
    [(UP, UPGRADE), (DOWN, SWITCH + frame(TEXT, b"hi", masked=False)), (UP, frame(TEXT, b"ho"))],
    [(UP, get()), (DOWN, b"HTTP/1.1 200 OK\r\n\r\nuntil it closes")],
    [(UP, b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"), (UP, get()), (DOWN, ok())],
    [(UP, b"\x16\x03\x01 no HTTP"), (DOWN, b"\x15\x03"), (UP, b"\r\n\r\n more")],
]


def play(fault: HttpFault, talk: Talk, places: list[int] | None = None) -> tuple[object, ...]:
    """Let a connection carry a talk, cut at some places, and return what became of it."""
    connection = TurnedConnection(fault)
    for direction, data in talk:
        for piece in cut(data, places) if places else [data]:
            (connection.send if direction == UP else connection.answer)(piece)
    rows = [
        [(row.kind, row.fate) for row in connection.trace.rows(direction=direction)]
        for direction in DIRECTIONS
    ]
    rows = [[each for each in some if each[0] != "garbage"] for some in rows]  # a row each chunk
    return connection.server.written, connection.client.written, rows, connection.notes


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@settings(max_examples=40)
@given(talk=st.sampled_from(TALKS), places=st.lists(st.integers(0, 2000), min_size=1, max_size=30))
def test_any_split_of_the_bytes_gives_the_same(
    fault: HttpFault, talk: Talk, places: list[int]
) -> None:
    """What passes, what the rows say of it, and what is noted."""
    assert play(fault, talk, places) == play(fault, talk)


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@pytest.mark.parametrize("talk", TALKS, ids=range(len(TALKS)))
def test_byte_by_byte(fault: HttpFault, talk: Talk) -> None:
    """The finest split."""
    assert play(fault, talk, list(range(2000))) == play(fault, talk)


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@settings(max_examples=20)
@given(pieces=st.lists(st.tuples(st.sampled_from(DIRECTIONS), st.binary(max_size=300))))
def test_garbage_never_raises(fault: HttpFault, pieces: Talk) -> None:
    """Before a request, behind one, and behind an upgrade; nothing is made up of it."""
    for before in (b"", get(), UPGRADE):
        play(fault, [(UP, before), *pieces])


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
def test_what_is_not_http_passes(fault: HttpFault) -> None:
    """As it came, both ways."""
    connection = TurnedConnection(fault)
    connection.send(b"\x00\x01 no HTTP at all\r\n\r\n", b"more")
    connection.answer(b"\x02 neither", b"more")
    assert connection.server.written == b"\x00\x01 no HTTP at all\r\n\r\nmore"
    assert connection.client.written == b"\x02 neithermore"


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@pytest.mark.parametrize("place", range(0, len(get() + UPGRADE), 17))
def test_it_is_added_inside_a_request(fault: HttpFault, place: int) -> None:
    """What has begun to pass passes, and the connection goes on with whatever comes next."""
    connection = TurnedConnection()
    sent = post(b"a" * 20)
    connection.send(sent[:place])
    connection.add(fault)
    connection.send(sent[place:])
    if place and not isinstance(fault, RequireProxy):
        assert connection.server.written == sent
        connection.answer(ok())
        assert connection.client.written == ok()
        connection.send(get())
        assert connection.server.written == sent + get()


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
def test_a_head_without_end_is_bounded(fault: HttpFault) -> None:
    """It is kept up to the longest head that can be read, and then passes as no HTTP."""
    connection = TurnedConnection(fault)
    connection.send(b"GET / HTTP/1.1\r\n")
    line, sent = b"A: " + b"a" * 995 + b"\r\n", 0
    while not connection.server.written:
        connection.send(line)
        sent += len(line)
        assert sent <= MAX_HEAD + 20_000
    assert len(connection.server.written) == sent + len(b"GET / HTTP/1.1\r\n")


@pytest.mark.parametrize("fault", [StripUpgrade(), BufferResponses(50)], ids=repr)
def test_a_body_without_end_is_bounded(fault: HttpFault) -> None:
    """Little of it is kept, however long it is."""
    connection = TurnedConnection(fault)
    connection.send(get())
    connection.answer(STREAM)
    for _ in range(100):
        connection.answer(chunk(bytes(16_000)))
    assert connection.held < 50
    assert len(connection.client.written) > 1_600_000


def test_it_takes_as_long_as_the_bytes_are_many() -> None:
    """A head that comes byte by byte takes ten times as long if it is ten times as long."""
    seconds = []
    for lines in (200, 2_000):
        connection = TurnedConnection(RefuseUpgrade())
        head = b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: a\r\n" * lines + b"\r\n"
        gc.collect()
        gc.disable()  # what it costs depends on all that was made before
        try:
            began = time.process_time()
            for at in range(len(head)):
                connection.send(head[at : at + 1])
            seconds.append(time.process_time() - began)
        finally:
            gc.enable()
        assert connection.server.written == head
    assert seconds[1] < 30 * seconds[0]


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
def test_removed_it_leaves_no_lane(fault: HttpFault) -> None:
    """Whatever has crossed."""
    for talk in TALKS:
        connection = TurnedConnection(fault)
        for direction, data in talk[:1]:
            (connection.send if direction == UP else connection.answer)(data[: len(data) // 2])
        connection.remove(fault)
        assert connection.pipes[UP].enter is None is connection.pipes[DOWN].enter


def test_two_of_them() -> None:
    """They act in the order in which they were added: what is dropped is seen by no other."""
    connection = TurnedConnection(StripUpgrade(), RefuseUpgrade())
    connection.send(UPGRADE)
    assert b"Upgrade" not in connection.server.written and connection.server.written
    connection = TurnedConnection(RefuseUpgrade(), StripUpgrade())
    connection.send(UPGRADE)
    assert connection.server.written == b""
    assert connection.client.written.startswith(b"HTTP/1.1 403")


def test_live_parts_change_nothing_unless_they_say_otherwise() -> None:
    """What follows an upgrade passes at once, and so does each part."""
    part = HttpPart(UPGRADE, len(UPGRADE), read_head(UPGRADE))
    unit = Unit(TEXT, (frame(TEXT, b"a"),), Agreed())
    for live in (HttpLive(), UpgradeLive()):
        assert live.passes(unit)
        assert live.part(part, 1.0) == ((1.0, part),)
