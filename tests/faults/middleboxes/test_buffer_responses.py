"""A proxy that passes a response on when it has all of it, and a stream never ends."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exceptions import LabError
from labkit.faults import BufferResponses
from labkit.faults.middleboxes.buffer_responses import MAX_BUFFERED
from labkit.protocols.stream import FIN, RST
from tests.support.handshakes import SWITCH
from tests.support.http_texts import STREAM, UPGRADE, chunk, get, ok
from tests.support.raw import TEXT, frame
from tests.support.turned_connection import TurnedConnection


def opened(*faults: BufferResponses) -> TurnedConnection:
    """Return a connection on which a request waits for its response."""
    connection = TurnedConnection(*faults)
    connection.send(get("/events"))
    return connection


def test_a_response_passes_when_it_is_complete() -> None:
    """Its head waits with it, and what follows it does not."""
    connection = opened(BufferResponses())
    answer = ok(b"complete")
    connection.answer(answer[:20])
    connection.answer(answer[20:-1])
    assert connection.client.written == b"" and connection.held == len(answer) - 1
    connection.answer(answer[-1:])
    assert connection.client.written == answer and connection.held == 0
    (row,) = connection.rows()[1:]
    assert row.fate == "passed" and row.left is not None


def test_a_stream_never_gets_through() -> None:
    """Until it ends, whichever way."""
    for ending in (chunk(b""), FIN, RST):
        connection = opened(BufferResponses())
        connection.answer(STREAM, chunk(b"data: hello\n\n"))
        assert connection.client.written == b""
        connection.answer(ending)
        assert connection.client.written.startswith(STREAM + chunk(b"data: hello\n\n"))


def test_the_head_may_pass_alone() -> None:
    """Then the client believes that the answer has come."""
    connection = opened(BufferResponses(headers_pass=True))
    connection.answer(STREAM + chunk(b"data: hello\n\n"))
    assert connection.client.written == STREAM


def test_a_buffer_passes_when_it_is_full() -> None:
    """Again and again, and what is left at the end."""
    event = chunk(b"data: 0123456789\n\n")
    connection = opened(BufferResponses(len(STREAM) + 2 * len(event)))
    connection.answer(STREAM, event)
    assert connection.client.written == b""
    connection.answer(event)
    assert connection.client.written == STREAM + event * 2
    connection.answer(event, event)
    assert connection.client.written == STREAM + event * 2
    connection.answer(chunk(b""))
    assert connection.client.written == STREAM + event * 4 + chunk(b"")


def test_a_long_response_is_not_kept_for_ever() -> None:
    """Above 1 MiB it passes as it comes, and memory stays bounded."""
    for fault in (BufferResponses(), BufferResponses(2 * MAX_BUFFERED)):
        connection = opened(fault)
        connection.answer(STREAM)
        most = 0
        for _ in range(80):
            connection.answer(chunk(bytes(16_000)))
            most = max(most, connection.held)
        assert MAX_BUFFERED - 20_000 < most < MAX_BUFFERED + 20_000
        assert len(connection.client.written) > 80 * 16_000
        assert connection.held == 0


def test_what_is_no_response_passes() -> None:
    """A WebSocket, interim responses, and a response that has begun before."""
    connection = opened(BufferResponses())
    connection.answer(b"HTTP/1.1 103 Early Hints\r\n\r\n")
    assert connection.client.written.startswith(b"HTTP/1.1 103")
    connection.answer(ok())
    connection.send(UPGRADE)
    connection.answer(SWITCH + frame(TEXT, b"hello", masked=False))
    assert connection.client.written.endswith(frame(TEXT, b"hello", masked=False))
    late = opened()
    late.answer(STREAM)
    late.add(BufferResponses())
    late.answer(chunk(b"data: hello\n\n"))
    assert late.client.written == STREAM + chunk(b"data: hello\n\n")


def test_what_it_keeps_passes_when_it_goes_or_changes() -> None:
    """In order, under the new values."""
    fault = BufferResponses()
    connection = opened(fault)
    connection.answer(STREAM + chunk(b"one"))
    connection.change(fault, BufferResponses(10_000))
    assert connection.client.written == b""
    connection.change(BufferResponses(10_000), BufferResponses(8))
    assert connection.client.written == STREAM + chunk(b"one")
    connection.answer(b"3\r\n")
    connection.remove(BufferResponses(8))
    assert connection.client.written == STREAM + chunk(b"one") + b"3\r\n"


@pytest.mark.parametrize("limit", [0, -1, 1.5, True])
def test_bad_values(limit: int) -> None:
    """The bytes are a whole number above 0."""
    with pytest.raises(LabError, match="bytes must be a whole number from 1"):
        BufferResponses(limit)
    with pytest.raises(LabError, match="headers_pass must be True or False, not 1"):
        BufferResponses(headers_pass=1)  # type: ignore[arg-type]


async def test_sockets_and_polling_pass(lab: ModuleType) -> None:
    """Neither a WebSocket nor a poll is a stream."""
    for protocol, options in (("websocket", {}), ("socketio", {"transports": ["polling"]})):
        server = await lab.serve(protocol)
        server.faults.add(BufferResponses())
        alice = await lab.connect(server, "alice", **options)
        bob = await lab.connect(server, "bob", **options)
        await alice.say("hello")
        await bob.hears("hello")
