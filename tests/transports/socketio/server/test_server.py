"""A Socket.IO server on the bench: what is hosted, how safely, and how it ends."""

from __future__ import annotations

import asyncio
import json
import time
from types import ModuleType
from typing import Any

import pytest
import socketio
from aiohttp import ClientSession, web

from labkit.faults import BlackHole
from tests.conftest import soon
from tests.support.servers import names_of


async def test_the_safe_settings(lab: ModuleType, jupyter_page: str) -> None:
    """Heartbeat, limits and transports of the finished chat, as its open packet tells them."""
    await lab.fresh(timescale=0.1)
    server = await lab.serve("socketio")
    async with ClientSession() as session:
        url = f"{server.url}socket.io/?EIO=4&transport=polling"
        async with session.get(url, headers={"Origin": jupyter_page}) as answer:
            told = json.loads((await answer.text())[1:])
            allowed = answer.headers["Access-Control-Allow-Origin"]
    del told["sid"]
    assert told == {
        "upgrades": ["websocket"],
        "pingInterval": 1000,  # whole seconds, at least one
        "pingTimeout": 500,
        "maxPayload": 2**20,
    }
    assert allowed == jupyter_page
    await lab.fresh()


async def test_a_page_of_another_port(
    lab: ModuleType, sio: socketio.AsyncServer, jupyter_page: str
) -> None:
    """Jupyter's page may connect to the chat; a learner's server decides that by its own rule."""
    chat, own = await lab.serve("socketio"), await lab.serve(sio, name="own")
    statuses = []
    async with ClientSession() as session:
        for server in (chat, own):
            url = f"{server.url}socket.io/?EIO=4&transport=polling"
            async with session.get(url, headers={"Origin": jupyter_page}) as answer:
                statuses.append(answer.status)
    assert statuses == [200, 400]
    assert f"{jupyter_page} is not an accepted origin" in own.log_entries[-1].text


async def test_handlers_that_are_defined_again(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """A cell that is run again replaces its handlers, on the server that runs."""
    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice")
    for answer in ("first", "second"):
        sio.on("question", lambda sid, answer=answer: answer)
        assert await alice.call("question") == answer


async def test_a_cell_that_is_run_again(
    lab: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """A new AsyncServer of the same name takes the port, and clients come back to it."""
    await lab.fresh(timescale=0.2)

    async def cell(answer: str) -> Any:
        sio = socketio.AsyncServer(async_mode="aiohttp")
        sio.on("question", lambda sid: answer)
        return await lab.serve(sio)

    first = await cell("first")
    alice = await lab.connect(first, "alice")
    second = await cell("second")
    assert second.port == first.port
    await alice.changes.until(lambda: alice.state == "open" and second.connections, within=20)
    assert await alice.call("question") == "second"
    assert ": its clients are disconnected and may reconnect." in (capsys.readouterr().out)
    await second.stop()
    await cell("third")
    assert "replaced" not in capsys.readouterr().out
    await lab.fresh()


async def test_an_application_with_everything_in_it(lab: ModuleType) -> None:
    """Two Socket.IO servers, one in a part of the application, a WebSocket, and a page."""
    inner, outer = [socketio.AsyncServer(async_mode="aiohttp") for _ in range(2)]
    inner.on("who", lambda sid: "inner")
    outer.on("who", lambda sid: "outer")

    async def echo(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data)
        return socket

    app, part = web.Application(), web.Application()
    outer.attach(app)
    inner.attach(part)
    app.router.add_get("/ws", echo)
    app.add_subapp("/part", part)
    server = await lab.serve(app)
    assert server.protocol == "socketio" and server.name == "app"
    alice = await lab.connect(server, "alice")
    bob = await lab.connect(server, "bob", socketio_path="part/socket.io")
    carol = await lab.connect(f"ws://127.0.0.1:{server.port}/ws", "carol")
    assert (await alice.call("who"), await bob.call("who")) == ("outer", "inner")
    await carol.say("hello")
    assert await carol.hears() == "hello"
    assert names_of(server) == ["alice", "bob", "carol"]
    await server.move(server.connections[1], "/", "blue", into=True)
    assert bob.rooms == ("blue",)
    await server.disconnect(server.connections[2])
    assert await carol.ends() == 1000


async def test_it_stops_quickly(lab: ModuleType) -> None:
    """With people on both transports, it waits for none of them, and tells none to stay away."""
    await lab.fresh(timescale=3)
    server = await lab.serve("socketio")
    people = [
        await lab.connect(server, f"p{n}", transports=[transport], reconnection=False)
        for n, transport in enumerate(["polling", "websocket"] * 5)
    ]
    started = time.monotonic()
    await server.stop()
    assert time.monotonic() - started < 3  # who is waited for gets 6
    assert {await person.ends() for person in people} == {"transport error"}
    assert {person.close_code for person in people} == {None, 1001}
    assert server.connections == [] and server.raw.eio.sockets == {}


async def test_guests_are_moved(lab: ModuleType) -> None:
    """Into a room and out of it; what cannot be is told in a sentence."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice")
    (guest,) = server.connections
    await server.move(guest, "/", "blue", into=True)
    assert alice.rooms == ("blue",)
    await server.move(guest, "/", "blue", into=False)
    assert alice.rooms == ()
    bob = await lab.connect(server, "bob")
    for namespace, room, words in (
        ("/lounge", "blue", "not in the namespace '/lounge'"),
        ("/", "", "needs a name"),
        ("/", bob.sid, "cannot enter the room"),
    ):
        with pytest.raises(lab.LabError, match=words):
            await server.move(guest, namespace, room, into=True)
    await server.raw.enter_room(alice.sid, 5)
    await server.move(guest, "/", "5", into=False)
    assert alice.rooms == ()
    with pytest.raises(lab.LabError, match="is not in the room 'green'"):
        await server.move(guest, "/", "green", into=False)
    await alice.close()
    await soon(lambda: names_of(server) == ["bob"])
    with pytest.raises(lab.LabError, match="alice has left 'socketio'"):
        await server.disconnect(guest)


async def test_an_upgrade_is_noticed(lab: ModuleType) -> None:
    """JavaScript's client joins over polling first: its guest changes its transport later."""
    server = await lab.serve("socketio")
    async with ClientSession(server.url) as http:
        async with http.get("/socket.io/?EIO=4&transport=polling") as answer:
            session = f"/socket.io/?EIO=4&sid={json.loads((await answer.text())[1:])['sid']}"
        async with http.post(f"{session}&transport=polling", data="40"):
            await server.changes.until(lambda: server.connection_count == 1, within=5)
        async with http.get(f"{session}&transport=polling") as answer:
            assert (await answer.text()).startswith("40")
        (guest,) = server.connections
        assert guest.transport == "polling"
        async with http.ws_connect(f"{session}&transport=websocket") as websocket:
            await websocket.send_str("2probe")
            assert await websocket.receive_str() == "3probe"
            await websocket.send_str("5")
            async with asyncio.timeout(5):  # ends before a wait that nobody wakes
                await server.changes.until(lambda: guest.transport == "websocket", within=60)


async def test_what_waits_in_the_library_is_counted(lab: ModuleType) -> None:
    """`emit` waits for nobody: what the line does not take is queued, until it passes."""
    server = await lab.serve("socketio", drop_slow_readers=False)
    alice = await lab.connect(server, "alice", transports=["websocket"])
    hole = alice.link.add(BlackHole(), "downstream")
    for _ in range(20):
        await server.raw.emit("chat message", "x" * 10**6)
    assert server.queued_bytes > 10**7
    hole.remove()
    for _ in range(20):
        await alice.hears("xxx", within=10)
    assert server.queued_bytes == 0


async def test_a_misspelt_option(lab: ModuleType) -> None:
    """The library would ignore it."""
    with pytest.raises(lab.LabError, match="`serve` does not know the option ping_timout"):
        await lab.serve("socketio", ping_timout=3)
