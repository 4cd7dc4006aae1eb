"""Connecting, coming back by itself, and ending."""

from __future__ import annotations

import asyncio
import json
import time
from types import ModuleType, SimpleNamespace

import pytest
import socketio
from websockets.asyncio.server import ServerConnection, serve

from labkit.backoff import Backoff
from labkit.exceptions import ConnectError
from labkit.transports.socketio.client import planned_reconnect
from tests.conftest import soon, turn_loop
from tests.support.servers import names_of

TRANSPORTS = pytest.mark.parametrize("transport", ["polling", "websocket"])


@TRANSPORTS
async def test_it_comes_back_by_itself(lab: ModuleType, transport: str) -> None:
    """After a cut it tries, tells when, and is another guest with another id when it is back."""
    await lab.fresh(timescale=0.2)
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice", transports=[transport])
    first = alice.sid
    alice.link.cut()
    assert await alice.ends() == "transport error"
    assert (alice.state, alice.attempt) == ("reconnecting", 1)
    assert alice.retry_at is not None and alice.retry_at - time.time() < 2
    await alice.changes.until(lambda: alice.attempt == 2, within=20)
    alice.link.restore()
    await alice.changes.until(lambda: alice.state == "open", within=20)
    assert (alice.attempt, alice.retry_at, alice.ending) == (0, None, None)
    assert alice.sid != first
    assert names_of(server)[-1] == "alice"
    notes = [entry.text for entry in alice.transcript if entry.kind == "note"]
    assert notes == [
        f"connected over {transport}",
        "lost: transport error",
        f"connected again over {transport}; messages in between are lost",
    ]
    await lab.fresh()


async def test_it_waits_as_it_is_asked_to(lab: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Backoff without jitter is followed to the letter; False means that it stays away."""
    monkeypatch.setattr(planned_reconnect, "time", SimpleNamespace(time=lambda: 1000.0))
    server = await lab.serve("socketio")
    told = Backoff(0.05, cap=0.2, jitter="none")
    alice = await lab.connect(server, "alice", reconnect=told)
    bob = await lab.connect(server, "bob", reconnect=False)
    waits: dict[int, float] = {}

    def look() -> None:
        if alice.retry_at is not None:
            waits.setdefault(alice.attempt, alice.retry_at - 1000)

    unsubscribe = alice.changes.subscribe(look)
    alice.link.cut()
    bob.link.cut()
    await alice.changes.until(lambda: alice.attempt == 4, within=5)
    unsubscribe()
    assert waits == pytest.approx({1: 0.05, 2: 0.1, 3: 0.2, 4: 0.2})
    assert bob.state == "closed"


async def test_it_comes_back_to_a_new_server(lab: ModuleType) -> None:
    """A server that stops sends no disconnect packet; its successor of that name is found."""
    await lab.fresh(timescale=0.2)
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice")
    bob = await lab.connect(server, "bob", transports=["polling"])
    again = await lab.serve("socketio")
    for person in (alice, bob):
        await person.changes.until(lambda p=person: p.state == "open", within=20)  # type: ignore[misc]
    assert sorted(names_of(again)) == ["alice", "bob"]
    assert alice.close_code is None
    await lab.fresh()


async def test_open_does_not_wait_for_the_countdown(lab: ModuleType) -> None:
    """It connects at once, also if two ask for it, and still comes back by itself the next time."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice", reconnection_delay=60, randomization_factor=0)
    alice.link.reset()
    await alice.ends()
    await soon(lambda: alice.retry_at and alice.retry_at - time.time() > 4)
    await asyncio.gather(alice.open(), alice.open())
    assert alice.state == "open" and names_of(server) == ["alice"]
    alice.link.reset()
    await alice.ends()
    assert alice.state == "reconnecting"


@TRANSPORTS
async def test_a_server_that_ends_it_is_not_bothered_again(lab: ModuleType, transport: str) -> None:
    """ "server disconnect" is meant, and the client stays away until it is told to come."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice", transports=[transport])
    await server.disconnect(server.connections[0])
    assert await alice.ends() == "server disconnect"
    assert alice.state == "closed" and server.connections == []
    await alice.open()
    assert names_of(server) == ["alice"]


async def test_one_namespace_of_two_ends(lab: ModuleType) -> None:
    """The other one, and the connection, go on."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice", namespaces=["/", "/lounge"])
    lounge = next(p for p in server.connections[0].memberships if p.namespace == "/lounge")
    await server.raw.disconnect(lounge.sid, namespace="/lounge")
    await soon(lambda: "the server ended namespace /lounge" in [e.text for e in alice.transcript])
    assert alice.state == "open"
    with pytest.raises(lab.LabError, match="only /"):
        await alice.emit("chat message", "anybody?", namespace="/lounge")
    await alice.say("hello")
    await alice.hears("hello")
    assert ("left", "namespace /lounge") in [(e.kind, e.text) for e in server.log_entries]


async def test_it_gives_up(lab: ModuleType) -> None:
    """After as many attempts as it was given, it is closed."""
    await lab.fresh(timescale=0.05)
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice", reconnection_attempts=2)
    alice.link.cut()
    await alice.changes.until(lambda: alice.state == "closed", within=100)
    assert (alice.state, alice.retry_at, alice.ending) == ("closed", None, "transport error")
    alice.link.restore()
    await alice.open()
    await lab.fresh()


async def test_closing_while_it_waits(lab: ModuleType) -> None:
    """It stops to try."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice")
    alice.link.cut()
    await alice.ends()
    await alice.close()
    assert alice.state == "closed" and alice.raw._reconnect_task is None
    with pytest.raises(lab.LabError, match="no close code"):
        await alice.close(4000)


async def test_the_code_of_the_websocket_below(lab: ModuleType) -> None:
    """Socket.IO hides it; it is told beside the reason, where there is a WebSocket."""
    server = await lab.serve("socketio")
    codes = {}
    for transport in ("polling", "websocket"):
        alice = await lab.connect(server, "alice", transports=[transport])
        await alice.close()
        codes[transport] = [alice.close_code]
        await alice.open()
        alice.link.cut()
        await alice.ends()
        codes[transport].append(alice.close_code)
    assert codes == {"polling": [None, None], "websocket": [1000, 1006]}


async def test_a_close_frame_without_a_code(lab: ModuleType) -> None:
    """It is 1005, told at once, as Node's `io.close()` sends it; the library tells 1006."""

    async def brief(websocket: ServerConnection) -> None:
        settings = {"sid": "e", "upgrades": [], "pingInterval": 25000, "pingTimeout": 20000}
        await websocket.send(f"0{json.dumps(settings)}")
        assert await websocket.recv() == "40{}"
        await websocket.send('40{"sid":"s"}')
        async with websocket.send_context():
            websocket.protocol.send_close()

    async with serve(brief, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        alice = await lab.connect(url, "alice", transports=["websocket"], reconnection=False)
        await alice.ends()
        assert alice.close_code == 1005


async def test_a_connect_handler_that_fails(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """The library leaves the client waiting; here it is told at once, with the line."""

    @sio.event
    async def connect(sid: str, environ: object) -> None:
        raise RuntimeError("not today")

    server = await lab.serve(sio)
    started = time.monotonic()
    with pytest.raises(lab.LabError, match="its handler failed with RuntimeError: not today, at"):
        await lab.connect(server, "alice")
    assert time.monotonic() - started < 2.5
    assert [error.what for error in lab.errors()] == ["RuntimeError: not today"]


async def test_a_connect_handler_that_fails_later(
    lab: ModuleType, sio: socketio.AsyncServer
) -> None:
    """On the way back it is told in the transcript."""
    broken = False

    @sio.event
    async def connect(sid: str, environ: object) -> None:
        if broken:
            raise RuntimeError("not again")

    await lab.fresh(timescale=0.2)
    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice")
    broken = True
    alice.link.reset()
    await soon(lambda: any("not again" in str(entry.text) for entry in alice.transcript), 20)
    assert {error.what for error in lab.errors()} == {"RuntimeError: not again"}
    await alice.close()
    lab.errors()
    await lab.fresh()


@TRANSPORTS
async def test_who_gives_up_in_the_middle_of_connecting(lab: ModuleType, transport: str) -> None:
    """At whatever moment it is, it is closed then, and nobody's mistake."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice", transports=[transport])
    await alice.close()
    for turns in range(1, 15):
        opening = asyncio.create_task(alice.open())
        await turn_loop(turns)
        await alice.close()
        await asyncio.wait({opening})
        assert alice.state == "closed"
        assert opening.exception() is None or isinstance(opening.exception(), ConnectError)
    assert lab.errors() == []
