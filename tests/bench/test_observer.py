"""Both ends of a connection, told to be the same."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
import socketio
from websockets.asyncio.client import connect

from labkit import bench
from labkit.exceptions import HandlerFailed
from tests.conftest import soon
from tests.support.servers import names_of


async def test_own_clients_go_by_their_names(lab: ModuleType) -> None:
    """Through a link of their own or a shared one; a stranger is a guest with a number."""
    server = await lab.serve("websocket")
    shared = await lab.link(server)
    await lab.connect(server, "alice")
    await lab.connect(shared, "bob")
    async with connect(shared.url, proxy=None):
        await soon(lambda: names_of(server) == ["alice", "bob", "guest 3"])


async def test_links_are_found_by_their_server(lab: ModuleType) -> None:
    """Those that lead to a server, of clients or opened by themselves, and no others."""
    server, other = await lab.serve("websocket", name="one"), await lab.serve("websocket", name="2")
    shared, _ = await lab.link(server), await lab.link(other)
    alice = await lab.connect(server, "alice")
    ports = bench.current().observer.find_link_ports("one")
    assert sorted(ports) == sorted([shared.port, alice.link.port])


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]])
async def test_a_client_is_told_what_no_protocol_says(
    lab: ModuleType, transports: list[str]
) -> None:
    """Rooms and failed handlers reach the client, whichever sockets its session uses by then."""
    sio = socketio.AsyncServer(async_mode="aiohttp")

    @sio.on("enter")  # type: ignore[untyped-decorator]
    async def enter(sid: str, room: str) -> None:
        await sio.enter_room(sid, room)

    @sio.on("fail")  # type: ignore[untyped-decorator]
    async def fail(sid: str, *what: Any) -> None:
        raise ValueError("not today")

    alice = await lab.connect(await lab.serve(sio), "alice", transports=transports)
    await soon(lambda: alice.transport == transports[-1])
    await alice.emit("enter", "blue")
    await soon(lambda: alice.rooms == ("blue",))
    with pytest.raises(HandlerFailed, match="not today"):
        await alice.call("fail", 1)
    assert len(lab.errors()) == 1
