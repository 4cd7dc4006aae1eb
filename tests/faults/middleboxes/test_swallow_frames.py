"""A filter that lets a WebSocket open, and then nothing through."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exceptions import NotHeard
from labkit.faults import SwallowFrames
from labkit.protocols.frame_splitter import MAX_UNIT
from labkit.protocols.stream import FIN
from tests.conftest import soon
from tests.support.handshakes import SWITCH
from tests.support.http_texts import UPGRADE, get, ok
from tests.support.raw import BINARY, TEXT, frame
from tests.support.turned_connection import TurnedConnection

HELLO = frame(TEXT, b"hello")


def test_the_handshake_passes_and_no_frame_does() -> None:
    """Requests before it pass, and the end does."""
    connection = TurnedConnection(SwallowFrames())
    connection.send(get() + UPGRADE)
    connection.answer(ok() + SWITCH + HELLO)
    connection.send(HELLO, HELLO, FIN)
    assert connection.server.written == get() + UPGRADE
    assert connection.client.written == ok() + SWITCH
    assert [row.fate for row in connection.rows() if row.kind == "text"] == ["dropped"] * 3
    assert connection.ends == [("upstream", FIN)]


def test_in_one_direction() -> None:
    """The other one works."""
    connection = TurnedConnection()
    connection.add(SwallowFrames(), "downstream")
    connection.send(UPGRADE)
    connection.answer(SWITCH + HELLO)
    connection.send(HELLO)
    assert connection.server.written == UPGRADE + HELLO
    assert connection.client.written == SWITCH


def test_a_message_that_is_too_large_to_be_kept() -> None:
    """It is lost piece by piece."""
    connection = TurnedConnection(SwallowFrames())
    connection.send(UPGRADE)
    connection.answer(SWITCH)
    large = frame(BINARY, bytes(MAX_UNIT + 1))
    for at in range(0, len(large), 65_536):
        connection.send(large[at : at + 65_536])
    connection.send(HELLO)
    assert connection.server.written == UPGRADE and connection.held == 0


@pytest.mark.exhaustive
async def test_it_looks_open_until_a_heartbeat_fails(lab: ModuleType) -> None:
    """Then the client finds out by itself; heartbeats that come after it is healed arrive."""
    await lab.fresh(timescale=0.2)
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    bob = await lab.connect(server, "bob")
    bob.link.add(SwallowFrames())
    await alice.say("hello")
    with pytest.raises(NotHeard):
        await bob.hears("hello", within=1)
    assert bob.state == "open"
    await soon(lambda: bob.state != "open")
    assert bob.close_code == 1006 and alice.state == "open"
