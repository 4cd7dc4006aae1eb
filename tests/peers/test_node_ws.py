"""The npm package `ws`, as a client of ours and as a server for ours."""

from __future__ import annotations

import time
from pathlib import Path
from types import ModuleType

import pytest

from labkit.faults import BlackHole, Down, Latency, Slicer
from labkit.transports.contract import Server
from tests.conftest import soon
from tests.support.node import node
from tests.support.servers import names_of

pytestmark = pytest.mark.usefixtures("node_modules")

SIZES = (0, 1, 125, 126, 65_535, 65_536, 2**20)
"""Lengths around the three encodings of a frame's length, and the largest message."""


@pytest.fixture(params=["direct", "link"])
async def url(lab: ModuleType, request: pytest.FixtureRequest) -> str:
    """Return an address of the finished chat: its own, or a link's."""
    server = await lab.serve("websocket")
    return server.url if request.param == "direct" else (await lab.link(server)).url


def the_server() -> Server:
    """Return the only server on the bench."""
    from labkit import bench

    (server,) = bench.current().servers.values()
    return server


async def test_a_client_in_the_chat(lab: ModuleType, url: str) -> None:
    """Node's client hears and is heard: text of any script, bytes, every length, fragments."""
    alice = await lab.connect(the_server(), "alice")
    async with node("ws_client.cjs", url) as client:
        assert (await client.tells("open"))["extensions"] == ""
        assert "Welcome! You are one of 2." in (await client.tells("message"))["text"]
        for text in ("hello", "שלום 👩‍👩‍👧", "<script>alert(1)</script>", "a\nb\0c"):
            await client.does("send", text=text)
            assert await alice.hears(text)
            await alice.say(text)
            assert (await client.tells("message"))["text"] == text
        for size in SIZES:
            await client.does("send", bytes="ab" * size)
            assert await alice.hears(lambda m: isinstance(m, bytes), within=10) == b"\xab" * size
            await alice.say(b"\xcd" * size)
            assert (await client.tells("message"))["bytes"] == "cd" * size
        await client.does("fragments", text="in pieces")
        assert await alice.hears("in pieces") == "in pieces"


async def test_a_clients_pings_are_answered(lab: ModuleType, url: str) -> None:
    """The server answers a ping with its own bytes, and its heartbeat is answered by Node."""
    await lab.fresh(timescale=0.1)
    server = await lab.serve("websocket")
    async with node("ws_client.cjs", server.url) as client:
        await client.tells("open")
        await client.does("ping", text="are you there?")
        assert (await client.tells("pong"))["text"] == "are you there?"
        for _ in range(3):
            await client.tells("ping")
        assert names_of(server) == ["guest 1"]
    await lab.fresh()


@pytest.mark.parametrize("code", [1000, 3001, 4999])
async def test_a_client_that_closes(lab: ModuleType, url: str, code: int) -> None:
    """Its code and reason arrive, and are told back."""
    server = the_server()
    async with node("ws_client.cjs", url) as client:
        await client.tells("open")
        await client.does("close", code=code, text="enough")
        assert await client.tells("close") == {"event": "close", "code": code, "text": "enough"}
    await soon(lambda: "closed" in server.log_counts)
    assert server.log_entries[-1].text.startswith(str(code))


async def test_ends_that_a_client_sees(lab: ModuleType, url: str) -> None:
    """1009 above 1 MiB, 1001 when the server stops, 1006 when its own line breaks."""
    server = the_server()
    async with node("ws_client.cjs", url) as client:
        await client.tells("open")
        await client.does("send", bytes="00" * (2**20 + 1))
        assert (await client.tells("close"))["code"] == 1009
    async with node("ws_client.cjs", url) as client:
        await client.tells("open")
        await client.does("break")
        assert (await client.tells("close"))["code"] == 1006
    await soon(lambda: server.connections == [])
    assert [e.text.split()[0] for e in server.log_entries if e.kind == "closed"] == ["1009", "1006"]
    async with node("ws_client.cjs", url) as client:
        await client.tells("open")
        await server.stop()
        assert (await client.tells("close"))["code"] == 1001


async def test_a_client_that_may_not(lab: ModuleType, url: str) -> None:
    """A foreign Origin is refused with 403, which Node reports."""
    async with node("ws_client.cjs", url, {"origin": "http://evil.example"}) as client:
        assert (await client.tells("refused"))["status"] == 403


async def test_a_client_that_compresses(lab: ModuleType) -> None:
    """A server that is asked to compress does so with Node, in both directions."""
    server = await lab.serve("websocket", compression="deflate")
    alice = await lab.connect(server, "alice")
    link = await lab.link(server)
    async with node("ws_client.cjs", link.url, {"perMessageDeflate": {"threshold": 0}}) as client:
        assert "permessage-deflate" in (await client.tells("open"))["extensions"]
        await client.tells("message")
        for text in ("hello", "very " * 1000):
            await client.does("send", text=text)
            assert await alice.hears(text) == text
            await alice.say(text)
            assert (await client.tells("message"))["text"] == text
    assert b"very very" not in link.trace.bytes("upstream") + link.trace.bytes("downstream")


async def test_our_client_at_nodes_server(lab: ModuleType) -> None:
    """`connect` with a URL: an echo of every length, a heartbeat, and Node's own words."""
    async with node("ws_server.cjs") as server:
        port = (await server.tells("listening"))["port"]
        alice = await lab.connect(f"ws://127.0.0.1:{port}/", "alice")
        assert (await server.tells("connection"))["host"] == f"127.0.0.1:{port}"
        for text in ("hello", "שלום 👩‍👩‍👧", ""):
            await alice.say(text)
            assert await alice.hears() == text
        for size in SIZES:
            await alice.say(b"\xcd" * size)
            assert await alice.hears(within=10) == b"\xcd" * size
        await server.does("ping")
        await server.tells("pong")
        await server.does("send", text="from Node")
        await alice.hears("from Node")
        await alice.close(4001, "enough")
        assert await server.tells("close") == {"event": "close", "code": 4001, "text": "enough"}


@pytest.mark.parametrize(
    ("action", "code", "reason"), [("close", 1008, "not you"), ("break", 1006, "")]
)
async def test_nodes_server_ends_it(lab: ModuleType, action: str, code: int, reason: str) -> None:
    """Its code and reason are told, and the client can connect again on the same link."""
    async with node("ws_server.cjs") as server:
        port = (await server.tells("listening"))["port"]
        alice = await lab.connect(f"ws://127.0.0.1:{port}/", "alice")
        await server.does(action, code=1008, text="not you")
        assert (await alice.ends(), alice.close_reason) == (code, reason)
        await alice.open()
        await alice.say("back")
        assert await alice.hears("back")


async def test_nodes_server_limits(lab: ModuleType) -> None:
    """A message that is too long for Node's server ends with its 1009."""
    async with node("ws_server.cjs", {"maxPayload": 1000}) as server:
        port = (await server.tells("listening"))["port"]
        alice = await lab.connect(f"ws://127.0.0.1:{port}/", "alice")
        await alice.say("x" * 1001)
        assert await alice.ends() == 1009


async def test_nodes_server_is_not_there(lab: ModuleType, node_modules: Path) -> None:
    """A path that Node's server does not serve is told as what it is."""
    async with node("ws_server.cjs", {"path": "/chat"}) as server:
        port = (await server.tells("listening"))["port"]
        with pytest.raises(lab.LabError, match="400"):
            await lab.connect(f"ws://127.0.0.1:{port}/other", "alice")
        alice = await lab.connect(f"ws://127.0.0.1:{port}/chat", "alice")
        assert alice.state == "open"


async def test_a_client_behind_faults(lab: ModuleType) -> None:
    """Byte by byte and late, everything arrives; a black hole swallows, and gives back; a cut."""
    server = await lab.serve("websocket", ping_interval=None)
    alice, link = await lab.connect(server, "alice"), await lab.link(server)
    late = link.add(Latency(0.2))
    link.add(Slicer(1))
    start = time.perf_counter()
    async with node("ws_client.cjs", link.url) as client:
        await client.tells("open")
        assert time.perf_counter() - start >= 0.4  # there and back
        await client.tells("message")
        for text in ("hello", "שלום", "x" * 3000):
            start = time.perf_counter()
            await client.does("send", text=text)
            assert await alice.hears(text) == text
            await alice.say(text)
            assert (await client.tells("message"))["text"] == text
            assert time.perf_counter() - start >= 0.4
        late.remove()
        hole = link.add(BlackHole())
        await client.does("send", text="held")
        await alice.say("held, too")
        await soon(lambda: hole.held == (6 + 4) + (2 + 9))
        assert "held" not in alice.inbox
        hole.remove()
        assert await alice.hears("held") == "held"
        assert (await client.tells("message"))["text"] == "held, too"
        link.add(Down())
        assert (await client.tells("close"))["code"] == 1006
