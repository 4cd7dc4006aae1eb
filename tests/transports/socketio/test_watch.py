"""A learner's server is watched while it is hosted, and as it was afterwards."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import socketio

from tests.conftest import soon
from tests.transports.socketio.conftest import notes


def names(sio: Any) -> list[set[str]]:
    """Return the names of what a watch may replace."""
    return [set(vars(place)) for place in (sio, sio.eio, sio.manager)]


async def test_everything_is_put_back(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """After the stop the library's objects have no trace of labkit, and can be hosted again."""
    before = names(sio)
    own = dict(sio.eio.handlers), sio.eio.logger, sio.logger, sio.eio._async
    for _ in range(3):
        server = await lab.serve(sio)
        alice = await lab.connect(server, "alice")
        await alice.close()
        assert "create_queue" in vars(sio.eio)
        await server.stop()
        new = [after - known for after, known in zip(names(sio), before, strict=True)]
        assert set().union(*new) <= {"sequence_number"}  # the library's own, at its first session
        assert (dict(sio.eio.handlers), sio.eio.logger, sio.logger, sio.eio._async) == own
        assert sio.eio.sockets == {} and sio.manager.rooms == {}


async def test_no_task_of_the_library_is_left(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """Neither its service task, nor pings to come, nor open polls, nor handlers without end."""

    @sio.event
    async def endless(sid: str) -> None:
        await asyncio.Event().wait()

    server = await lab.serve(sio)
    people = [
        await lab.connect(server, name, transports=[transport], reconnection=False)
        for name, transport in (("alice", "polling"), ("bob", "websocket"), ("carol", "polling"))
    ]
    for person in people:
        await person.emit("endless")
    await soon(lambda: str(asyncio.all_tasks()).count("Failures.handling") == 3)
    loop = asyncio.get_running_loop()
    started = loop.time()
    await server.stop()
    assert loop.time() - started < 1
    for person in people:
        await person.close()
    words = ("_service_task", "_send_ping", "Failures.handling", "handle_request", "_reconnect")
    assert [task for task in asyncio.all_tasks() if any(word in repr(task) for word in words)] == []


async def test_who_comes_and_goes(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """Each end has its reason, and who joins a namespace later is noted as that."""
    server = await lab.serve(sio)
    sio.on("hello", lambda sid: None, namespace="/news")
    ends = []
    for end in ("client", "server", "cut"):
        alice = await lab.connect(server, "alice", reconnection=False, namespaces=["/", "/news"])
        if end == "client":
            await alice.close()
        elif end == "server":
            await server.disconnect(server.guests[0])
        else:
            alice.link.cut()
        await soon(lambda: not server.connections)
        ends.append(notes(server, "closed")[-1])
    assert [text.partition("; ")[0] for text in ends] == [
        "alice: client disconnect",
        "alice: server disconnect",
        "alice: transport close",
    ]
    assert "the WebSocket below: 1006" in ends[2]
    assert notes(server, "joined") == ["alice: namespace /news"] * 3


async def test_rooms_are_told_to_the_benchs_clients(
    lab: ModuleType, sio: socketio.AsyncServer
) -> None:
    """Whoever puts alice into a room, she knows it through the bench; no protocol tells her."""

    @sio.event
    async def connect(sid: str, environ: object) -> None:
        await sio.enter_room(sid, "everybody")

    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice", reconnection=False)
    assert alice.rooms == ("everybody",)
    await sio.enter_room(alice.sid, "blue")
    await sio.enter_room(alice.sid, "blue")
    assert alice.rooms == ("blue", "everybody")
    await sio.close_room("blue")
    assert alice.rooms == ("everybody",)
    alice.link.cut()
    await alice.ends()
    assert alice.rooms == ()
    await soon(lambda: not server.connections)
    assert notes(server, "joined", "left") == [
        "alice: room everybody",
        "alice: room blue",
        "alice: room blue",
    ]
