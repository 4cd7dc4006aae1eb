"""How a client dials."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

from labkit.transports.settings import MAX_PONGS
from labkit.transports.websocket.dialling import Connection
from tests.support.hostile import Peer, hostile
from tests.support.raw import PING, frame

PINGS = frame(PING, b"x" * 125, masked=False) * 100


class Stuck:
    """A transport from which nobody reads, or only what `take` says."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.real = transport
        self.size = 0
        self.aborted = False

    def write(self, data: bytes) -> None:
        self.size += len(data)

    def get_write_buffer_size(self) -> int:
        return self.size

    def abort(self) -> None:
        self.aborted = True
        self.real.abort()


async def silent(peer: Peer) -> None:
    """Accept a WebSocket, and say nothing."""
    await peer.accept()
    await peer.reader.read()


async def test_pongs_that_nobody_takes(lab: ModuleType) -> None:
    """The client hangs up before they fill its memory, and says why."""
    async with hostile(silent) as (port, _):
        alice = await lab.connect(f"ws://127.0.0.1:{port}", "alice")
        connection: Connection = alice.raw
        connection.transport = stuck = Stuck(connection.transport)  # type: ignore[assignment]
        while not stuck.aborted:
            connection.data_received(PINGS)
            assert stuck.size < 2 * MAX_PONGS
        assert stuck.size > MAX_PONGS
        await alice.ends()
        assert alice.close_code == 1006
        assert alice.close_reason == "the server sends pings and does not read the pongs"


async def test_pongs_that_are_taken(lab: ModuleType) -> None:
    """What was read does not count, nor what the client itself has to say."""
    async with hostile(silent) as (port, _):
        alice = await lab.connect(f"ws://127.0.0.1:{port}", "alice")
        connection: Connection = alice.raw
        real = connection.transport
        connection.transport = stuck = Stuck(real)  # type: ignore[assignment]
        answered = 0
        while answered < 3 * MAX_PONGS:
            before = stuck.size
            connection.data_received(PINGS)
            answered += stuck.size - before
            stuck.size //= 4
        stuck.size = 8 * MAX_PONGS
        connection.data_received(PINGS)
        assert not stuck.aborted
        connection.transport = real


def test_how_far_a_handshake_came() -> None:
    """By what was sent and what came."""
    connection: Any = Connection.__new__(Connection)
    connection.request = connection.response = None
    assert connection.how_far == "TCP is connected, but the handshake was not sent"
    connection.request = object()
    assert connection.how_far.endswith("the handshake was sent, but no complete answer came")
    connection.response = object()
    assert connection.how_far.startswith("an answer to the handshake came")
