"""Changes of namespaces and rooms."""

from __future__ import annotations

from types import ModuleType

import socketio

from tests.conftest import soon
from tests.support.servers import notes


async def test_a_room_that_a_disconnect_handler_leaves(
    lab: ModuleType, sio: socketio.AsyncServer
) -> None:
    """The end of a connection is one entry, whatever rooms it was in."""

    @sio.event
    async def disconnect(sid: str, reason: str) -> None:
        await sio.leave_room(sid, "blue")

    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice", reconnection=False)
    await sio.enter_room(alice.sid, "blue")
    await sio.enter_room(alice.sid, "red")
    await alice.close()
    await soon(lambda: not server.connections)
    assert notes(server, "joined", "left", "closed") == [
        "alice: room blue",
        "alice: room red",
        "alice: client disconnect",
    ]


async def test_a_session_id_of_nobody(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """A room that nobody is in is left without an entry."""
    server = await lab.serve(sio)
    await lab.connect(server, "alice", reconnection=False)
    await sio.leave_room("nobody", "blue")
    await sio.close_room("blue")
    assert notes(server, "joined", "left") == []
