"""The library's client with its rough edges taken off."""

from __future__ import annotations

import asyncio
import signal
import time
from types import ModuleType
from typing import Any

import engineio
import pytest
import socketio

from labkit.exceptions import ConnectError
from labkit.faults import BlackHole, Latency
from labkit.transports.socketio.client.async_client import AsyncClient
from tests.conftest import soon, turn_loop
from tests.support.hostile import OPEN, Peer, hostile
from tests.support.servers import names_of


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_leaving_is_quick_and_polite(
    lab: ModuleType, sio: socketio.AsyncServer, transport: str
) -> None:
    """The server is told at once, also under the library's own heartbeat of 25 + 20 s."""
    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice", transports=[transport])
    started = time.monotonic()
    await alice.close()
    assert time.monotonic() - started < 5
    await server.changes.until(lambda: not server.connections, within=2)
    assert [(e.kind, e.text) for e in server.log_entries] == [
        ("connected", ""),
        ("closed", "client disconnect"),
    ]


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_whoever_has_just_lost_the_connection_closes_at_once(
    lab: ModuleType, transport: str
) -> None:
    """What is queued can no longer be sent, so nothing is waited for."""
    await lab.fresh(timescale=10)  # the bound of a close is 20 s
    alice = await lab.connect(await lab.serve("socketio"), "alice", transports=[transport])
    await alice.link.close()
    async with asyncio.timeout(5):
        await alice.close()


async def test_nothing_is_left(lab: ModuleType) -> None:
    """No task, no signal handler, no place on the library's lists, after any kind of end."""
    before = signal.getsignal(signal.SIGINT)
    server = await lab.serve("socketio")
    for transport in ("polling", "websocket"):
        for end in ("close", "cut", "cut, close"):
            alice = await lab.connect(server, "alice", transports=[transport])
            if "cut" in end:
                alice.link.cut()
                await alice.ends()
            if "close" in end:
                await alice.close()
    await alice.close()
    assert signal.getsignal(signal.SIGINT) is before
    assert engineio.base_client.connected_clients == []
    assert socketio.base_client.reconnecting_clients == []
    tasks = [task for task in asyncio.all_tasks() if "AsyncClient" in repr(task)]
    assert tasks == []


async def test_it_leaves_at_the_very_moment_when_it_would_come_back(lab: ModuleType) -> None:
    """An attempt that was planned, and had no turn yet, ends as well."""
    server = await lab.serve("socketio")
    for turns in range(4):
        alice = await lab.connect(server, f"alice{turns}", transports=["polling"])
        alice.link.cut()
        await soon(lambda who=alice: who.raw._reconnect_task, every=0)  # type: ignore[misc]
        trying = alice.raw._reconnect_task
        await turn_loop(turns)
        await alice.close()
        assert trying.done() and alice.state == "closed"


async def test_a_server_that_disconnects_in_the_same_breath(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A DISCONNECT that is read with the CONNECT, before `connect` goes on, is not lost."""
    joined = AsyncClient._handle_connect

    async def joined_and_left(library: AsyncClient, namespace: str, data: Any) -> None:
        await joined(library, namespace, data)
        await library._handle_disconnect(namespace)

    monkeypatch.setattr(AsyncClient, "_handle_connect", joined_and_left)
    server = await lab.serve("socketio")
    for transport in ("polling", "websocket"):
        alice = await lab.connect(server, "alice", transports=[transport])
        assert await alice.ends() == "server disconnect"
        assert alice.state == "closed"


async def test_a_connection_that_is_lost_in_the_same_breath(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends as the CONNECT is read, before `connect` goes on: the client tries again."""
    joined = AsyncClient._handle_connect
    lost: list[AsyncClient] = []

    async def joined_and_lost(library: AsyncClient, namespace: str, data: Any) -> None:
        await joined(library, namespace, data)
        if not lost:
            lost.append(library)
            await library._handle_eio_disconnect("transport error")
            library.eio.state = "disconnected"

    await lab.fresh(timescale=0.1)
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice", transports=["websocket"])
    monkeypatch.setattr(AsyncClient, "_handle_connect", joined_and_lost)
    alice.link.reset()
    await soon(lambda: lost and alice.state == "open" and alice.raw.eio.state == "connected")
    await soon(lambda: names_of(server) == ["alice"])
    assert await alice.call("join", "attic") == ["attic"]
    lost.clear()
    with pytest.raises(ConnectError, match="as soon as the namespaces had answered"):
        await lab.connect(server, "bob", transports=["websocket"])


async def test_a_server_of_its_own_sees_its_own_host(
    lab: ModuleType, sio: socketio.AsyncServer
) -> None:
    """The link is dialled, and the server is named: in every request, also in later polls."""
    hosts: set[str] = set()

    @sio.event
    async def connect(sid: str, environ: dict[str, Any]) -> None:
        hosts.add(environ["HTTP_HOST"])

    server = await lab.serve(sio)
    for transport in ("polling", "websocket"):
        alice = await lab.connect(server, "alice", transports=[transport])
        await alice.close()
        for row in alice.link.trace.rows(kind="request"):
            hosts.add(row.decoded.header("Host"))
    assert hosts == {f"127.0.0.1:{server.port}"}


async def test_a_name_for_each_of_its_connections(lab: ModuleType) -> None:
    """Polling takes several connections at once; all of them are alice's."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice", transports=["polling"])
    await alice.say("hello")
    await alice.hears("hello")
    assert len(alice.local_ports) == 2
    assert names_of(server) == ["alice"]


async def test_how_far_an_attempt_came(lab: ModuleType) -> None:
    """To the open packet, and no further if no namespace is answered."""
    await lab.fresh(timescale=0.05)
    sio = socketio.AsyncServer(async_mode="aiohttp")

    @sio.event
    async def connect(sid: str, environ: object) -> None:
        await asyncio.Event().wait()

    link = await lab.link(await lab.serve(sio))
    link.add(Latency(0.001))
    with pytest.raises(lab.LabError, match="open packet came, but the namespaces did not answer"):
        await lab.connect(link, "alice", transports=["websocket"])
    link.add(BlackHole())
    with pytest.raises(lab.LabError, match="request was sent, but no open packet came"):
        await lab.connect(link, "alice", transports=["websocket"])


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], None])
async def test_it_is_settled_when_its_transport_is(
    lab: ModuleType, transports: list[str] | None
) -> None:
    """An attempt that fails leaves it unsettled."""
    alice = await lab.connect(await lab.serve("socketio"), "alice", transports=transports)
    assert alice.raw.eio.is_settled
    await alice.close()
    alice.link.cut()
    with pytest.raises(lab.LabError):
        await alice.open()
    assert not alice.raw.eio.is_settled


async def test_what_still_sends_ends_before_it_connects_again(lab: ModuleType) -> None:
    """It would take packets from the queue of the new connection, and stay after its end."""
    alice = await lab.connect(await lab.serve("socketio"), "alice", transports=["polling"])
    await alice.close()
    still_sends = alice.raw.eio.write_loop_task = asyncio.create_task(asyncio.Event().wait())
    await alice.open()
    assert still_sends.cancelled() and alice.raw.eio.write_loop_task is not still_sends
    assert await alice.call("join", "attic") == ["attic"]


async def test_nothing_is_heard_behind_an_invalid_packet(lab: ModuleType) -> None:
    """The connection is over with it, although the rest of the body has come."""

    async def says(peer: Peer) -> None:
        said = b'42["chat message","one"]\x1e42[\x1e42["chat message","two"]'
        for body in (OPEN.encode(), b'40{"sid":"a"}', said):
            while (await peer.request()).startswith("POST"):
                await peer.answer(b"ok")
            await peer.answer(body)

    async with hostile(says) as (port, _):
        alice = await lab.connect(
            f"http://127.0.0.1:{port}", "alice", transports="polling", reconnection=False
        )
        await alice.ends()
        assert alice.inbox == ["one"]
