"""A client of a chat over HTTP, whatever its way to listen."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import pytest

from labkit.backoff import Backoff
from labkit.clock import clock
from labkit.exceptions import ConnectError, Disconnected, LabError
from labkit.transports.contract import Client
from tests.conftest import soon
from tests.support.hostile import Peer, hostile
from tests.support.servers import names_of

CHATS = pytest.mark.parametrize("protocol", ["sse", "longpoll", "poll"])

AT_ONCE = Backoff(0.01, factor=1, jitter="none")


def options(protocol: str, **more: Any) -> dict[str, Any]:
    """Return the options of a client that does not wait for long."""
    return {"reconnect": AT_ONCE, **({"interval": 0.01} if protocol == "poll" else {}), **more}


def notes(client: Client) -> list[str]:
    """Return what was noted about the connection."""
    return [str(entry.text) for entry in client.transcript if entry.kind == "note"]


@CHATS
async def test_a_server_that_starts_again(lab: ModuleType, protocol: str) -> None:
    """Its clients come back by themselves, and are told that nobody knows what is missing."""
    server = await lab.serve(protocol)
    alice = await lab.connect(server, "alice", **options(protocol))
    await alice.hears("Welcome")
    await server.stop()
    assert await alice.ends() in ("transport close", "transport error")
    await server.start()
    assert await alice.changes.until(lambda: alice.state == "open", within=5)
    assert await alice.changes.until(lambda: "nobody knows how many" in notes(alice)[-1], within=5)
    assert names_of(server) == ["alice"]
    await alice.say("still here")


@CHATS
async def test_a_gap_is_told(lab: ModuleType, protocol: str) -> None:
    """What the server no longer has is counted; nothing else is missing."""
    server = await lab.serve(protocol, history=3)
    alice = await lab.connect(server, "alice", **options(protocol))
    bob = await lab.connect(server, "bob", **options(protocol))
    await alice.hears("Welcome")
    alice.link.cut()
    await alice.ends()
    for number in range(7):
        await bob.say(f"number {number}")
    alice.link.restore()
    assert await alice.hears(3, within=5) == [f"number {number}" for number in (4, 5, 6)]
    assert "lost: at most 4 messages, which the server no longer has" in notes(alice)


@CHATS
async def test_a_plug_that_is_out_for_long(lab: ModuleType, protocol: str) -> None:
    """Far longer than a message is posted: it goes on asking, and what it missed still comes."""
    server = await lab.serve(protocol)
    each_second = Backoff(1, factor=1, jitter="none")
    alice = await lab.connect(server, "alice", **options(protocol, reconnect=each_second))
    await alice.hears("Welcome")
    alice.link.cut()
    scale = clock.scale
    clock.set(scale / 50)
    assert await alice.changes.until(lambda: alice.attempt > 20, within=500)
    clock.set(scale)
    bob = await lab.connect(server, "bob", **options(protocol))
    await bob.say("while you were away")
    alice.link.restore()
    await alice.hears("while you were away", within=5)


@CHATS
async def test_asking_at_once(lab: ModuleType, protocol: str) -> None:
    """One that waits for its next attempt is opened in the same conversation: nothing is lost."""
    server = await lab.serve(protocol)
    late = Backoff(60, cap=60, jitter="none")
    alice = await lab.connect(server, "alice", **options(protocol, reconnect=late))
    bob = await lab.connect(server, "bob", **options(protocol))
    await alice.hears("Welcome")
    alice.link.cut()
    assert await alice.ends() == "transport error"
    with pytest.raises(ConnectError, match=r"link.*alice\.link\.restore"):
        await alice.open()
    assert alice.state == "reconnecting"
    await bob.say("while you were away")
    alice.link.restore()
    await alice.open()
    await alice.hears("while you were away")
    assert names_of(server).count("alice") == 1
    assert "connected again" in notes(alice)


@CHATS
async def test_one_that_is_sent_away(lab: ModuleType, protocol: str) -> None:
    """It does not come back by itself, and comes back as a newcomer when it is asked to."""
    server = await lab.serve(protocol)
    alice = await lab.connect(server, "alice", **options(protocol))
    await alice.hears("Welcome")
    await server.disconnect(alice)
    assert await alice.changes.until(lambda: alice.state == "closed", within=5)
    assert alice.ending in ("server disconnect", "transport close")
    await alice.open()
    await alice.hears("Welcome")


@CHATS
async def test_what_the_server_refuses_to_pass_on(lab: ModuleType, protocol: str) -> None:
    """A message that is too large fails by itself, and the next one passes."""
    server = await lab.serve(protocol)
    alice = await lab.connect(server, "alice", **options(protocol))
    with pytest.raises(LabError, match=r"The server refused what alice said: .*HTTP 413"):
        await alice.say("x" * (2**20 + 1))
    await alice.say("hello")
    assert [entry.send_status for entry in alice.transcript if entry.kind == "said"] == [
        "failed",
        "acknowledged",
    ]


@CHATS
async def test_what_is_said_while_it_closes_fails(lab: ModuleType, protocol: str) -> None:
    """At once, not after all attempts."""
    alice = await lab.connect(await lab.serve(protocol), "alice", **options(protocol))
    alice.link.cut()
    saying = asyncio.create_task(alice.say("hello"))
    await alice.ends()
    await alice.close()
    with pytest.raises(Disconnected, match="cannot say anything: the connection is closed"):
        await saying


@CHATS
async def test_options(lab: ModuleType, protocol: str) -> None:
    """Unknown ones are errors, and so is a close code: HTTP has none."""
    server = await lab.serve(protocol)
    with pytest.raises(LabError, match=f"The options for {protocol} are: .*reconnect"):
        await lab.connect(server, "alice", transports=["polling"])
    alice = await lab.connect(server, "alice", **options(protocol))
    with pytest.raises(LabError, match="HTTP has no close code"):
        await alice.close(1001)
    assert alice.state == "open" and alice.raw.closed is False


@CHATS
async def test_a_server_that_falls_silent(lab: ModuleType, protocol: str) -> None:
    """A request that nobody answers ends, and the client says that it waits."""
    await lab.fresh(timescale=0.08)
    asked = 0

    async def says(peer: Peer) -> None:
        nonlocal asked
        asked += 1
        await peer.request()
        if asked > 1:
            await peer.request()
        if protocol == "sse":
            await peer.send(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nid: aaaaaaaa-0\n\n"
            )
        else:
            await peer.tell('{"messages": [], "next": "aaaaaaaa-0"}')
        await peer.request()
        await peer.request()

    async with hostile(says) as (port, _):
        url = f"http://127.0.0.1:{port}/"
        alice = await lab.connect(url, "alice", protocol=protocol, reconnect=False)
        assert await alice.ends(within=60) == "ping timeout"
        await alice.link.close()


@CHATS
async def test_requests_that_reach_servers_in_turn(lab: ModuleType, protocol: str) -> None:
    """It is a failure that is told, and the client waits longer each time: no hot loop."""
    await lab.fresh(timescale=0.1)
    times: list[float] = []

    async def says(peer: Peer) -> None:
        while True:
            head = await peer.request()
            if head.startswith("DELETE"):
                await peer.answer(status="204 No Content")
                continue
            times.append(asyncio.get_running_loop().time())
            cursor = f"{len(times):08x}-7"
            if protocol == "sse":
                lost = "event: lost\ndata: null\n\n" if len(times) > 1 else ""
                kind = b"Content-Type: text/event-stream\r\nConnection: close\r\n\r\n"
                await peer.send(b"HTTP/1.1 200 OK\r\n" + kind, f"{lost}id: {cursor}\n\n".encode())
                return
            lost = ', "lost": null' if len(times) > 1 else ""
            await peer.tell(f'{{"messages": [], "next": "{cursor}"{lost}}}')

    async with hostile(says) as (port, _):
        url = f"http://127.0.0.1:{port}/"
        alice = await lab.connect(url, "alice", protocol=protocol)
        await soon(lambda: len(times) >= 7)
        told = [note for note in notes(alice) if "servers that do not know each other" in note]
        assert told
        await alice.close()
    assert times[6] - times[0] > 0.1 * (0.125 + 0.25 + 0.5)
