"""A guest, as the library knows it at the moment."""

from __future__ import annotations

from types import ModuleType

import socketio


async def test_its_places_are_read_when_somebody_looks(lab: ModuleType) -> None:
    """Namespaces and rooms in the order of their names, and an id for each namespace."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice", namespaces=["/lounge", "/"])
    await alice.call("join", "red")
    await alice.call("join", "blue")
    (guest,) = server.connections
    assert [(place.namespace, place.rooms) for place in guest.memberships] == [
        ("/", ("blue", "red")),
        ("/lounge", ()),
    ]
    assert len({place.sid for place in guest.memberships}) == 2
    assert guest.memberships[1].sid == alice.sid


async def test_its_transport_is_live(lab: ModuleType) -> None:
    """polling before the upgrade, websocket after it, told as a change."""
    server = await lab.serve("socketio")
    raw = socketio.AsyncSimpleClient(handle_sigint=False)
    seen: list[str] = []
    server.changes.subscribe(lambda: seen.extend(guest.transport for guest in server.connections))
    await raw.connect(server.url)
    await server.changes.until(lambda: seen[-1:] == ["websocket"], within=2)
    await raw.disconnect()
    assert server.connections == [] or server.connections[0].transport == "websocket"
