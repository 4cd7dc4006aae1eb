"""Strangers who want more than there is: connections, descriptors, sessions, rooms, time.

Whatever they take, two people go on chatting, each kind of refusal is told once, with how often,
and nothing is taken for a learner's mistake.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from types import ModuleType
from typing import Any

import pytest
from aiohttp import web

from labkit.exceptions import ConnectError, LabError
from labkit.transports.contract import LogEntry, Server
from tests.conftest import ROOT, soon
from tests.support.bystanders import bystanders
from tests.support.engineio import OPEN, asks, opened, posts, upgraded
from tests.support.raw import TEXT, Raw, frame, frames, raw, request
from tests.support.servers import names_of


def refusals(server: Server) -> list[LogEntry]:
    """Return what a server tells of refusals."""
    return [event for event in server.log_entries if event.kind == "refused"]


async def page(request: web.Request) -> web.Response:
    """Answer with a page."""
    return web.Response(text="hello")


async def everybody(websocket: Any) -> None:
    """Listen until the end."""
    async for _ in websocket:
        pass


def application() -> web.Application:
    """Return an application with one page."""
    app = web.Application()
    app.router.add_get("/", page)
    return app


KINDS = {
    "websocket": lambda: "websocket",
    "handler": lambda: everybody,
    "page": application,
    "sse": lambda: "sse",
}


@pytest.mark.parametrize("kind", KINDS)
async def test_connections(lab: ModuleType, kind: str) -> None:
    """Those beyond the limit get 503; a place that is free again is anybody's."""
    server = await lab.serve(KINDS[kind](), max_connections=4)
    most = 4 * server.sockets_each
    get = request() if kind != "page" else asks("/")
    async with contextlib.AsyncExitStack() as stack:
        held = [await stack.enter_async_context(raw(server.port)) for _ in range(most)]
        for _ in range(3):
            async with raw(server.port) as stranger:
                await stranger.send(get)
                answer = await asyncio.wait_for(stranger.rest(), 5)
                assert b" 503 " in answer and f"{most} connections already".encode() in answer
        await soon(lambda: server.log_counts.get("refused") == 3)
        (told,) = refusals(server)
        assert (
            told.times == 3 and f"503 Service Unavailable: Refused: there are {most}" in told.text
        )
        if kind != "page":
            with pytest.raises(ConnectError, match=f"HTTP 503.*there are {most} connections"):
                await lab.connect(server, "alice")
        await held[0].close()
        tells_who_left = kind in ("websocket", "handler")
        await soon(lambda: len(refusals(server)) == (2 if tells_who_left else 1))
        async with raw(server.port) as stranger:
            await stranger.send(get)
            assert " 503 " not in await asyncio.wait_for(stranger.head(), 5)


async def test_sessions(lab: ModuleType) -> None:
    """Sessions of Socket.IO are counted by themselves: each begins with one request."""
    server = await lab.serve("socketio", max_connections=4)
    async with bystanders(lab, server):
        async with raw(server.port) as stranger:
            for _ in range(2):
                await opened(stranger)
            for _ in range(3):
                async with raw(server.port) as another:
                    await another.send(asks(OPEN))
                    answer = await asyncio.wait_for(another.rest(), 5)
                    assert b" 503 " in answer and b"4 sessions already" in answer
        (told,) = refusals(server)
        assert told.times == 3
        assert names_of(server) == ["alice", "bob"]


@pytest.mark.parametrize("leaves", [False, True])
async def test_sessions_in_no_namespace(lab: ModuleType, leaves: bool) -> None:
    """Who joins nothing, or has left everything, is shown out, however well it answers pings."""
    await lab.fresh(timescale=0.05)
    server = await lab.serve("socketio")
    async with upgraded(server.port) as stranger:
        if leaves:
            await stranger.send(frame(TEXT, b"40"), frame(TEXT, b"41"))

        async def answer() -> list[bytes]:
            got = []
            while data := await stranger.reader.read(4096):
                got += [payload for _, payload in frames(data)]
                if b"2" in got:
                    await stranger.send(frame(TEXT, b"3"))
            return got

        assert b"1" in await asyncio.wait_for(answer(), 5)
    (told,) = refusals(server)
    assert (told.who, told.text) == ("a request", "it joined no namespace within 0.5 s")
    await lab.fresh()


async def test_a_body_for_nobody(lab: ModuleType) -> None:
    """A POST to a session that is none gets its answer before its body, which may drip for ever."""
    server = await lab.serve("socketio")
    async with bystanders(lab, server), raw(server.port) as stranger:
        began = time.monotonic()
        await stranger.send(posts("nobody", b"x" * 1000)[:-900])
        head = await asyncio.wait_for(stranger.head(), 4)
        assert " 400 " in head and time.monotonic() - began < 3
        (told,) = refusals(server)
        assert told.text == "400 Bad Request: Invalid session nobody"


async def joined(peer: Raw, *names: str) -> bytes:
    """Enter rooms over a WebSocket, asking for acknowledgements, leave, and return what came."""
    await peer.send(frame(TEXT, b"40"))
    packets = [f"42{n}{json.dumps(['join', name])}".encode() for n, name in enumerate(names)]
    await peer.send(*(frame(TEXT, packet) for packet in packets), frame(TEXT, b"1"))
    return await asyncio.wait_for(peer.rest(), 30)


async def test_rooms(lab: ModuleType) -> None:
    """A guest is in 50 rooms at most, and the answers to 2 000 wishes stay short."""
    server = await lab.serve("socketio")
    async with bystanders(lab, server), upgraded(server.port) as stranger:
        got = await joined(stranger, *map(str, range(2000)))
        assert len(got) < 50_000
        (told,) = refusals(server)
        assert told.times == 1950
        assert told.text == "'join': ValueError: a client may be in at most 50 rooms"


async def test_names_of_rooms(lab: ModuleType) -> None:
    """A name of 100 characters is a name, and a longer one is not kept, nor told."""
    server = await lab.serve("socketio")
    async with bystanders(lab, server), upgraded(server.port) as stranger:
        got = await joined(stranger, "x" * 100, *(f"{n}{'y' * 900_000}" for n in range(5)))
        assert b"x" * 100 in got and b"yyy" not in got
        (told,) = refusals(server)
        assert told.times == 5 and "a room's name may have at most 100 characters" in told.text


LEARNER = """
import asyncio, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (400, 400))
import labkit as lab

async def main():
    await lab.fresh()
    server = await lab.serve({what!r})
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    link = await lab.link(server)
    print(link.port if {linked} else server.port, flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    with open({path!r}) as file:
        file.read()
    import xml.dom.minidom
    await alice.say("still here")
    await bob.hears("still here")
    carol = await lab.connect(link, "carol")
    await carol.say("me, too")
    await bob.hears("me, too")
    await lab.finish()
    told = [event.text for event in server.log_entries if event.kind == "refused"]
    print(told, flush=True)
    await lab.close()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.parametrize(("what", "linked"), [("websocket", False), ("socketio", True)])
async def test_descriptors(what: str, linked: bool) -> None:
    """However many strangers connect, the learner can open files, import, connect and finish."""
    script = LEARNER.format(what=what, linked=linked, path=str(ROOT / "README.md"))
    learner = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        script,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert learner.stdin is not None and learner.stdout is not None
    port = int(await learner.stdout.readline())
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(10):
            dials = (stack.enter_async_context(raw(port)) for _ in range(40))
            await asyncio.gather(*dials, return_exceptions=True)  # some are cut off at once
        learner.stdin.write(b"\n")
        said = (await asyncio.wait_for(learner.stdout.read(), 20)).decode()
    assert await learner.wait() == 0, said
    if not linked:
        assert "hardly any file descriptors" in said


@pytest.mark.parametrize("kind", ["websocket", "socketio", "sse", "longpoll", "chain"])
async def test_messages_a_second(lab: ModuleType, kind: str) -> None:
    """Beyond the limit that a teacher set nothing is passed on, and its sender hears so."""
    server = await lab.serve(kind, messages_per_second=5)
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    if kind == "websocket":
        for client in (alice, bob):
            await client.hears("Welcome")
    for number in range(200):
        await bob.say(f"flood {number}")
    await bob.hears("Not passed on: more than 5 messages per second", within=10)
    await soon(
        lambda: server.log_counts.get("refused", 0) + server.log_counts.get("message", 0) == 200
    )
    (told,) = refusals(server)
    assert told.who == "bob" and told.times > 150
    assert "more than 5 messages per second" in told.text
    await alice.say("as before")
    await bob.hears("as before")
    heard = [text for text in alice.inbox if "flood" in text]
    assert len(heard) == server.log_counts["message"] - 1
    assert heard[:5] == [f"flood {number}" for number in range(5)]
    told_bob = [text for text in bob.inbox if "Not passed on" in str(text)]
    assert len(told_bob) <= server.log_counts["message"]


async def test_messages_a_second_of_a_handler(lab: ModuleType) -> None:
    """What a learner serves decides for itself."""
    with pytest.raises(LabError, match="only with the finished chats"):
        await lab.serve(everybody, messages_per_second=5)
