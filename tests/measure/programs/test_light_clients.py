"""Crowds of light clients, here in the tests' own process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import socketio
from websockets.asyncio.server import Server, broadcast, serve

from labkit.measure.programs.light_clients import Crowds, Tally
from tests.conftest import soon, turn_loop


async def echo(connection: Any) -> None:
    """Echo."""
    async for message in connection:
        await connection.send(message)


@pytest.fixture
async def server() -> AsyncIterator[tuple[int, Server]]:
    """Serve the echo, and give the port."""
    async with serve(echo, "127.0.0.1", 0, ping_interval=None) as server:
        yield next(iter(server.sockets)).getsockname()[1], server


@pytest.mark.parametrize("compression", [None, "deflate"])
async def test_a_crowd_connects_talks_and_leaves(
    server: tuple[int, Server], compression: str | None
) -> None:
    """Each client says all texts, with compression if that is wanted."""
    crowds = Crowds()
    assert await crowds.connect(server[0], 12, "websocket", compression) == {"crowd": 1}
    assert await crowds.connect(server[0], 1, "websocket") == {"crowd": 2}
    here = server[1].connections
    assert len(here) == 13
    assert sum(bool(each.protocol.extensions) for each in here) == (12 if compression else 0)
    await crowds.talk(1, ["one", "two"])
    for crowd in (1, 2):
        await crowds.close(crowd)
    await soon(lambda: not server[1].connections)


async def test_a_crowd_counts_what_it_hears(server: tuple[int, Server]) -> None:
    """Wherever it comes in pieces, before or after somebody waits for it, and each time anew."""
    crowds = Crowds()
    await crowds.connect(server[0], 3, "websocket")
    await crowds.talk(1, ["hello"])
    await crowds.listen(1, "Z")
    for messages in (1, 20):
        began = time.perf_counter()
        hearing = asyncio.ensure_future(crowds.hear(1, 3 * messages))
        await turn_loop(messages)
        for _ in range(messages):
            broadcast(server[1].connections, "Zxx")
        assert began < (await hearing)["ended"] < time.perf_counter()
    await crowds.close(1)


async def test_a_crowd_on_socketio(socketio_server: tuple[int, socketio.AsyncServer]) -> None:
    """Its clients join the namespace, and say and hear events; pings are answered."""
    port, sio = socketio_server
    sio.eio.ping_interval = 0.01
    said: list[str] = []

    @sio.on("message")  # type: ignore[untyped-decorator]
    async def echo(sid: str, text: str) -> None:
        said.append(text)
        await asyncio.sleep(0.03)  # sleeps: pings come before the echo
        await sio.emit("message", text, to=sid)

    crowds = Crowds()
    await crowds.connect(port, 2, "socketio")
    await crowds.talk(1, ["hello", 'say "no"'])
    assert sorted(said) == ["hello", "hello", 'say "no"', 'say "no"']
    await crowds.close(1)


def test_a_tally_counts_marks_in_any_pieces() -> None:
    """However many messages a piece holds."""
    tally = Tally("Z")
    for piece in (b"\x81\x02Zx\x81", b"\x02", b"Zx\x81\x02Zx"):
        tally.data_received(piece)
    assert asyncio.run(tally.wait(3)) > 0


async def test_a_lost_connection_ends_the_wait() -> None:
    """What it was to hear will not come."""
    tally = Tally("Z")
    waiting = asyncio.ensure_future(tally.wait(2))
    await turn_loop()
    tally.data_received(b"Z")
    tally.connection_lost(None)
    with pytest.raises(ConnectionError, match="the server has closed a connection"):
        await waiting
