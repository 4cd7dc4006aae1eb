"""The npm packages `socket.io-client` and `socket.io`: at a server of ours, for clients of ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from types import ModuleType
from typing import Any, cast

import pytest

from labkit.exceptions import ConnectError
from labkit.faults import BlackHole
from labkit.protocols.socketio import EventMessage
from labkit.transports.contract import Message, Server
from tests.conftest import soon
from tests.support.node import Node, node
from tests.support.servers import names_of

pytestmark = pytest.mark.usefixtures("node_modules", "calm")

TEXTS = (
    "hello",
    "שלום 👩‍👩‍👧 ﷽",
    "<script>alert(1)</script>",
    "a\nb\0c\x1e",
    '42["x"]',
    "",
    "x" * 100_000,
)
"""What people say: among it what separates packets, what looks like one, and nothing at all."""


@pytest.fixture
async def calm(lab: ModuleType) -> Any:
    """Afterwards, nothing went wrong unseen."""
    yield
    assert lab.errors() == []
    await lab.finish()


@pytest.fixture
async def server(lab: ModuleType) -> Server:
    """Serve the finished chat."""
    return cast(Server, await lab.serve("socketio"))


@pytest.fixture(params=["direct", "link"])
async def url(lab: ModuleType, server: Server, request: pytest.FixtureRequest) -> str:
    """Return an address of the finished chat: its own, or a link's."""
    return server.url if request.param == "direct" else str((await lab.link(server)).url)


@pytest.fixture(params=["websocket", "polling", "default"])
def over(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the option that sets the transports, which both sides' libraries call the same."""
    return {} if request.param == "default" else {"transports": [request.param]}


def first(over: dict[str, Any]) -> str:
    """Return the transport with which a connection begins."""
    return str(over.get("transports", ["polling"])[0])


def last(over: dict[str, Any]) -> str:
    """Return the transport at which a connection arrives."""
    return str(over.get("transports", ["websocket"])[0])


def noted(server: Server, *kinds: str) -> list[tuple[str, str, str]]:
    """Return the server's events of some kinds: what, who, and why."""
    return [(e.kind, e.who, e.text) for e in server.log_entries if e.kind in kinds]


def exactly(message: Message) -> Callable[[Message], bool]:
    """Return whether something heard is this, to its last byte."""
    return lambda heard: heard == message


async def hears(client: Node, text: str) -> dict[str, Any]:
    """Return the event with which Node's client hears a text."""
    while (event := await client.tells("event"))["values"][-1] != text:
        pass
    return event


# Node's client at our server


async def test_a_client_chats(
    lab: ModuleType, server: Server, url: str, over: dict[str, Any]
) -> None:
    """Node's client hears and is heard, itself too: text of any script, markup, any length."""
    alice = await lab.connect(server, "alice")
    async with node("socketio_client.cjs", url, over) as client:
        assert (await client.tells("open"))["transport"] == first(over)
        await client.tells("connect")
        assert names_of(server) == ["alice", "guest 2"]
        for text in TEXTS:
            await client.does("emit", name="chat message", values=[text])
            assert await alice.hears(exactly(text)) == text
            assert (await client.tells("event"))["values"] == [text]
            await alice.say(text)
            assert (await client.tells("event"))["values"] == [text]
        await soon(lambda: server.connections[1].transport == last(over))
        assert (
            server.log_counts["message"]
            == server.connections[1].received + len(TEXTS)
            == 2 * len(TEXTS)
        )
        await client.does("disconnect")
        await client.tells("disconnect")
        await soon(lambda: names_of(server) == ["alice"])
    assert noted(server, "connected", "closed") == [
        ("connected", "alice", ""),
        ("connected", "guest 2", ""),
        ("closed", "guest 2", "client disconnect"),
    ]
    assert set(server.log_counts) == {"connected", "message", "closed"}


@pytest.mark.parametrize("way", ["direct", "link"])
async def test_the_upgrade_is_seen(lab: ModuleType, server: Server, way: str) -> None:
    """Node's client begins with polling and tells the upgrade, which the server shows as well."""
    url = server.url if way == "direct" else (await lab.link(server)).url
    async with node("socketio_client.cjs", url) as client:
        assert (await client.tells("open"))["transport"] == "polling"
        assert (await client.tells("upgrade"))["transport"] == "websocket"
        await soon(lambda: server.connections[0].transport == "websocket")


async def test_a_client_in_a_black_hole(lab: ModuleType, over: dict[str, Any]) -> None:
    """It notices by its heartbeat, tries in vain, and comes back when the hole is gone."""
    await lab.fresh(timescale=0.1)
    server = await lab.serve("socketio")
    alice, link = await lab.connect(server, "alice"), await lab.link(server)
    quick = {"reconnectionDelay": 100, "reconnectionDelayMax": 200, "timeout": 500}
    async with node("socketio_client.cjs", link.url, over | quick) as client:
        await client.tells("connect")
        hole = link.add(BlackHole())
        assert (await client.tells("disconnect"))["reason"] == "ping timeout"
        await soon(lambda: names_of(server) == ["alice"])
        await soon(lambda: hole.connection_count > 2)
        hole.remove()
        await client.tells("reconnect")
        await client.tells("connect")
        await alice.say("welcome back")
        await hears(client, "welcome back")
    await soon(lambda: not link.connection_count)


async def test_rooms_and_acknowledgements(
    lab: ModuleType, server: Server, url: str, over: dict[str, Any]
) -> None:
    """The answer to `join` is awaited in Node; a room's message reaches its members alone."""
    alice = await lab.connect(server, "alice")
    bob = await lab.connect(server, "bob")
    async with node("socketio_client.cjs", url, over) as client:
        await client.tells("connect")
        await client.does("call", name="join", values=["attic"])
        assert await client.tells("answer") == {"event": "answer", "value": ["attic"]}
        await client.does("call", name="join", values=["cellar"])
        assert (await client.tells("answer"))["value"] == ["attic", "cellar"]
        assert server.connections[2].memberships[0].rooms == ("attic", "cellar")
        assert await alice.call("join", "attic") == ["attic"]
        await client.does("emit", name="room message", values=["attic", "from Node"])
        assert await alice.hears("from Node") == 'room message("attic", "from Node")'
        assert (await client.tells("event"))["values"] == ["attic", "from Node"]
        await alice.emit("room message", "attic", "to Node")
        assert (await client.tells("event"))["values"] == ["attic", "to Node"]
        await client.does("call", name="leave", values=["attic"])
        assert (await client.tells("answer"))["value"] == ["cellar"]
        await alice.emit("room message", "attic", "not for Node")
        await alice.say("for all")
        assert (await client.tells("event"))["values"] == ["for all"]
        await bob.hears("for all")
    assert bob.inbox == ["for all"]


async def test_an_answer_that_fails(
    lab: ModuleType, server: Server, url: str, over: dict[str, Any]
) -> None:
    """An event without a handler is not answered, which Node's `timeout` tells; it stays."""
    async with node("socketio_client.cjs", url, over) as client:
        await client.tells("connect")
        await client.does("call", name="dance", values=[1], within=200)
        assert "timed out" in (await client.tells("answer"))["error"]
        await client.does("call", name="join", values=["attic"])
        assert (await client.tells("answer"))["value"] == ["attic"]
    assert noted(server, "ignored") == [
        ("ignored", "guest 1", "there is no handler for the event 'dance'")
    ]


async def test_bytes(lab: ModuleType, server: Server, url: str, over: dict[str, Any]) -> None:
    """Bytes pass both ways: alone, of any length, and inside of what JSON expresses."""
    alice = await lab.connect(server, "alice", **over)
    async with node("socketio_client.cjs", url, over) as client:
        await client.tells("connect")
        await soon(lambda: {guest.transport for guest in server.connections} == {last(over)})
        for data in (b"\x00\xff", b"", b"\xcd" * 500_000):
            await client.does("emit", name="chat message", values=[{"hex": data.hex()}])
            assert await alice.hears(exactly(data)) == data
            assert (await client.tells("event"))["values"] == [{"hex": data.hex()}]
            await alice.say(data)
            assert (await client.tells("event"))["values"] == [{"hex": data.hex()}]
        nested = {"files": [{"name": "a", "data": {"hex": "01"}}, {"hex": "0203"}], "n": 1.5}
        await client.does("emit", name="chat message", values=[nested])
        heard = await alice.hears(lambda heard: isinstance(heard, EventMessage))
        packed = {"files": [{"name": "a", "data": b"\x01"}, b"\x02\x03"], "n": 1.5}
        assert heard.arguments == (packed,)
        assert (await client.tells("event"))["values"] == [nested]
        await alice.emit("chat message", packed)
        assert (await client.tells("event"))["values"] == [nested]


async def test_namespaces(lab: ModuleType, server: Server, url: str, over: dict[str, Any]) -> None:
    """Two chats share a connection and hear nothing of each other; an unknown one is refused."""
    alice = await lab.connect(server, "alice", namespaces=["/", "/lounge"])
    places = {"namespaces": ["/", "/lounge", "/attic"]}
    async with node("socketio_client.cjs", url, over | places) as client:
        refused = await client.tells("connect_error")
        assert (refused["namespace"], refused["text"]) == ("/attic", "Unable to connect")
        await soon(
            lambda: len(server.connections) == 2 and len(server.connections[1].memberships) == 2
        )
        await alice.emit("chat message", "in the lounge", namespace="/lounge")
        await alice.say("in the hall")
        assert (await hears(client, "in the lounge"))["namespace"] == "/lounge"
        assert (await client.tells("event"))["values"] == ["in the hall"]
        await client.does("emit", namespace="/lounge", name="chat message", values=["hello"])
        assert await alice.hears("hello") == '/lounge chat message("hello")'
        assert names_of(server) == ["alice", "guest 2"]
        await client.does("disconnect", namespace="/lounge")
        await soon(lambda: len(server.connections[1].memberships) == 1)
        await client.does("emit", name="chat message", values=["still here"])
        await alice.hears("still here")
    assert noted(server, "left") == [("left", "guest 2", "namespace /lounge")]


async def test_a_client_comes_back(
    lab: ModuleType, server: Server, url: str, over: dict[str, Any]
) -> None:
    """When the server stops, Node's client tries until there is one again, and then chats on."""
    quick = {"reconnectionDelay": 50, "reconnectionDelayMax": 100}
    async with node("socketio_client.cjs", url, over | quick) as client:
        await client.tells("connect")
        await soon(lambda: server.connections[0].transport == last(over))
        await server.stop()
        reason = (await client.tells("disconnect"))["reason"]
        assert reason == ("transport error" if last(over) == "polling" else "transport close")
        await client.tells("connect_error")
        again = await lab.serve("socketio")
        assert again.port == server.port
        assert (await client.tells("connect"))["namespace"] == "/"
        await client.does("emit", name="chat message", values=["back"])
        assert (await client.tells("event"))["values"] == ["back"]
        assert names_of(again) == ["guest 1"]
        assert again.log_counts["message"] == 1
    assert noted(server, "closed") == [("closed", "guest 1", "server disconnect")]


async def test_a_client_is_asked(lab: ModuleType, over: dict[str, Any]) -> None:
    """A learner's server calls Node's client and gets its answer, of several values and bytes."""
    import socketio

    sio = socketio.AsyncServer(async_mode="aiohttp")
    server = await lab.serve(sio)
    async with node("socketio_client.cjs", server.url, over) as client:
        sid = (await client.tells("connect"))["sid"]
        assert await sio.call("sum", (1, b"\x02"), to=sid, timeout=5) == (1, b"\x02")
        assert (await client.tells("event"))["values"] == [1, {"hex": "02"}]


async def test_a_client_is_shown_the_door(
    lab: ModuleType, server: Server, url: str, over: dict[str, Any]
) -> None:
    """Whom the server disconnects is told so in Socket.IO's words, and does not come back."""
    async with node("socketio_client.cjs", url, over) as client:
        await client.tells("connect")
        await soon(lambda: server.connections[0].transport == last(over))
        await server.disconnect(server.connections[0])
        assert (await client.tells("disconnect"))["reason"] == "io server disconnect"
        await soon(lambda: server.connections == [])
    assert noted(server, "closed") == [("closed", "guest 1", "server disconnect")]
    assert server.log_counts["connected"] == 1


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_a_client_of_version_2(lab: ModuleType, server: Server, transport: str) -> None:
    """It gets HTTP 400 with the library's words; the server's one entry explains the versions."""
    settings = {
        "library": "socket.io-client-2",
        "transports": [transport],
        "reconnection": False,
    }
    async with node("socketio_client.cjs", server.url, settings) as client:
        refused = await client.tells("connect_error")
        assert refused["why"] == (
            "400" if transport == "polling" else "Unexpected server response: 400"
        )
    await soon(lambda: "refused" in server.log_counts)
    (event,) = [event for event in server.log_entries if event.kind == "refused"]
    assert event.text == (
        "400 Bad Request: it speaks Engine.IO 3, as Socket.IO 1 or 2 does; "
        "this server speaks Engine.IO 4 (Socket.IO 3 and 4)"
    )
    assert server.connections == []


# Our client at Node's server


@pytest.fixture
async def node_server() -> AsyncIterator[Node]:
    """Run a server of npm `socket.io`."""
    async with node("socketio_server.cjs") as server:
        yield server


@pytest.fixture
async def port(node_server: Node) -> int:
    """Return its port."""
    return int((await node_server.tells("listening"))["port"])


async def test_our_client_talks(
    lab: ModuleType, node_server: Node, port: int, over: dict[str, Any]
) -> None:
    """Events of any script, several arguments and bytes come back as they went."""
    auth = {"token": "letmein"}
    alice = await lab.connect(f"http://127.0.0.1:{port}", "alice", auth=auth, **over)
    came = await node_server.tells("connection")
    assert (came["auth"], came["host"]) == (auth, f"127.0.0.1:{port}")
    assert (came["transport"], alice.transport) == (last(over), last(over))
    assert alice.sid == came["sid"]
    for text in TEXTS:
        await alice.say(text)
        assert await alice.hears(exactly(text)) == text
        assert (await node_server.tells("event"))["values"] == [text]
    for data in (b"\x00\xff", b"", b"\xcd" * 500_000):
        await alice.say(data)
        assert await alice.hears(exactly(data)) == data
    packed = {"files": [{"name": "a", "data": b"\x01"}, b"\x02\x03"], "n": 1.5, "none": None}
    await alice.emit("thing", 1, packed, None, [])
    heard = await alice.hears("thing")
    assert (heard.event, heard.arguments) == ("thing", (1, packed, None, []))
    assert await alice.call("sum", 1, b"\x02", "three") == (1, b"\x02", "three")
    assert await alice.call("one", {"a": [b"\x04"]}) == {"a": [b"\x04"]}
    assert await alice.call("none") is None
    await alice.close()
    gone = await node_server.tells("disconnect")
    assert gone["reason"] == "client namespace disconnect"


async def test_our_client_is_in_a_room(
    lab: ModuleType, node_server: Node, port: int, over: dict[str, Any]
) -> None:
    """What Node's server emits to a room, members hear, and nobody else."""
    alice, bob = [
        await lab.connect(f"http://127.0.0.1:{port}", name, **over) for name in ("alice", "bob")
    ]
    assert await alice.call("join", "attic") == "attic"
    for room, text in (("attic", "for some"), (None, "for all")):
        await node_server.does("emit", room=room, name="chat message", values=[text])
    await alice.hears("for all")
    await bob.hears("for all")
    assert (alice.inbox, bob.inbox) == (["for some", "for all"], ["for all"])


async def test_our_client_answers(
    lab: ModuleType, node_server: Node, port: int, over: dict[str, Any]
) -> None:
    """Node's `timeout().emit` gets what the function returned that was given to `on`."""
    alice = await lab.connect(f"http://127.0.0.1:{port}", "alice", **over)
    alice.on("sum", lambda *numbers: sum(numbers))

    async def doubled(data: bytes) -> tuple[bytes, int]:
        return data * 2, len(data)

    alice.on("bytes", doubled)
    await node_server.does("call", name="sum", values=[1, 2, 3], within=5000)
    assert (await node_server.tells("answer"))["answers"] == [6]
    await node_server.does("call", name="bytes", values=[{"hex": "0102"}], within=5000)
    assert (await node_server.tells("answer"))["answers"] == [{"hex": "01020102"}, 2]
    assert await alice.hears("bytes") == "bytes(<2 bytes: 01 02>)"
    await node_server.does("call", name="nobody", values=[], within=5000)
    assert (await node_server.tells("answer"))["answers"] == []


async def test_our_client_in_namespaces(
    lab: ModuleType, node_server: Node, port: int, over: dict[str, Any]
) -> None:
    """It joins two over one connection; the end of one is told, and is not the end of both."""
    places = ["/", "/lounge"]
    alice = await lab.connect(f"http://127.0.0.1:{port}", "alice", namespaces=places, **over)
    assert [(await node_server.tells("connection"))["namespace"] for _ in places] == places
    await alice.emit("chat message", "hello", namespace="/lounge")
    assert await alice.hears() == '/lounge chat message("hello")'
    await node_server.does("disconnect", namespace="/lounge")
    assert (await node_server.tells("disconnect"))["namespace"] == "/lounge"
    assert await alice.call("still", "here") == "here"
    assert "the server ended namespace /lounge" in [entry.text for entry in alice.transcript]
    assert alice.state == "open"


async def test_our_client_is_turned_away(
    lab: ModuleType, node_server: Node, port: int, over: dict[str, Any]
) -> None:
    """A namespace that refuses it, or that there is not, is told in the server's words."""
    address = f"http://127.0.0.1:{port}"
    with pytest.raises(ConnectError, match="/closed says 'members only'"):
        await lab.connect(address, "alice", namespaces="/closed", **over)
    with pytest.raises(ConnectError, match="/attic says 'Invalid namespace'"):
        await lab.connect(address, "alice", namespaces=["/", "/attic"], **over)
    alice = await lab.connect(address, "alice", **over)
    assert await alice.call("still", "well") == "well"


async def test_our_client_comes_back(lab: ModuleType, over: dict[str, Any]) -> None:
    """When the Node process is killed, it tries until there is another one on the same port."""
    await lab.fresh(timescale=0.1)
    async with node("socketio_server.cjs") as server:
        port = (await server.tells("listening"))["port"]
        alice = await lab.connect(f"http://127.0.0.1:{port}", "alice", **over)
        sid = alice.sid
        assert await alice.call("one") is None
    assert await alice.ends(within=20) == "transport error"
    assert alice.state in ("reconnecting", "connecting")
    async with node("socketio_server.cjs", {"port": port}) as server:
        await server.tells("connection")
        await soon(lambda: alice.state == "open")
        await alice.say("back")
        assert await alice.hears("back", within=20) == "back"
        assert alice.sid != sid
        assert (alice.transport, alice.close_reason) == (last(over), "")
        await alice.close()
    await lab.fresh()


async def test_nodes_server_stops(
    lab: ModuleType, node_server: Node, port: int, over: dict[str, Any]
) -> None:
    """Node's graceful stop is a disconnect on polling alone, and after that Python stays away."""
    alice = await lab.connect(f"http://127.0.0.1:{port}", "alice", **over)
    await node_server.does("close")
    if last(over) == "polling":
        assert await alice.ends() == "server disconnect"
        assert alice.state == "closed"
    else:
        assert await alice.ends() == "transport error"
        assert alice.state in ("reconnecting", "connecting")


@pytest.mark.parametrize("connection", [False, True])
async def test_nodes_server_shows_the_door(
    lab: ModuleType, node_server: Node, port: int, over: dict[str, Any], connection: bool
) -> None:
    """Whom Node's server disconnects, from the namespace or altogether, does not come back."""
    alice = await lab.connect(f"http://127.0.0.1:{port}", "alice", **over)
    await node_server.does("disconnect", values=connection)
    assert await alice.ends() == "server disconnect"
    assert alice.state == "closed"
    assert (await node_server.tells("disconnect"))["reason"] == "server namespace disconnect"
    await alice.open()
    assert await alice.call("again", "there") == "there"


# Versions and protocols that do not understand each other


async def test_our_client_at_raw_websocket(lab: ModuleType, over: dict[str, Any]) -> None:
    """A server of npm `ws` is told as what it is, also where the library would wait for ever."""
    async with node("ws_server.cjs") as server:
        port = (await server.tells("listening"))["port"]
        async with asyncio.timeout(6):
            with pytest.raises(ConnectError, match="a raw WebSocket server answers there"):
                await lab.connect(f"http://127.0.0.1:{port}", "alice", **over)


@pytest.mark.parametrize("path", ["/", "/socket.io/"])
async def test_our_raw_client_at_socketio(
    lab: ModuleType, node_server: Node, port: int, path: str
) -> None:
    """A raw WebSocket client at Node's Socket.IO server is told what answers there."""
    async with asyncio.timeout(6):
        with pytest.raises(ConnectError, match="a Socket\\.IO server answers there"):
            await lab.connect(f"ws://127.0.0.1:{port}{path}", "alice")


async def test_socketio_by_hand(lab: ModuleType, node_server: Node, port: int) -> None:
    """A raw client that asks for Engine.IO's WebSocket gets in, and may speak it by hand."""
    path = "/socket.io/?EIO=4&transport=websocket"
    alice = await lab.connect(f"ws://127.0.0.1:{port}{path}", "alice")
    assert (await alice.hears()).startswith('0{"sid":')
    await alice.say("40")
    await alice.hears('40{"sid":')
    await alice.say('42["chat message","by hand"]')
    assert await alice.hears() == '42["chat message","by hand"]'


async def test_nodes_server_allows_one_transport(lab: ModuleType) -> None:
    """Where only WebSocket is allowed, polling is refused with what to do, and WebSocket works."""
    async with node("socketio_server.cjs", {"transports": ["websocket"]}) as server:
        address = f"http://127.0.0.1:{(await server.tells('listening'))['port']}"
        with pytest.raises(ConnectError, match="not over polling"):
            await lab.connect(address, "alice")
        alice = await lab.connect(address, "alice", transports="websocket")
        assert await alice.call("still", "well") == "well"


async def test_our_client_at_version_2(lab: ModuleType, over: dict[str, Any]) -> None:
    """A server of Socket.IO 2 is told as what it is, over each transport."""
    async with node("socketio_server.cjs", {"library": "socket.io-2"}) as server:
        port = (await server.tells("listening"))["port"]
        async with asyncio.timeout(6):
            with pytest.raises(ConnectError, match=r"Socket\.IO server of version 2"):
                await lab.connect(f"http://127.0.0.1:{port}", "alice", **over)


@pytest.mark.parametrize("first_of", ["websocket", "polling"])
async def test_bytes_for_all_transports(lab: ModuleType, server: Server, first_of: str) -> None:
    """Bytes that are emitted to everybody reach each as its transport carries them."""
    people = [first_of, *({"websocket", "polling"} - {first_of})]
    alice, bob = [
        await lab.connect(server, name, transports=[transport])
        for name, transport in zip(("alice", "bob"), people, strict=True)
    ]
    async with (
        node("socketio_client.cjs", server.url, {"transports": ["websocket"]}) as carol,
        node("socketio_client.cjs", server.url, {"transports": ["polling"]}) as dave,
    ):
        await carol.tells("connect")
        await dave.tells("connect")
        await alice.say(b"\x00\xff")
        for client in (alice, bob):
            assert await client.hears(exactly(b"\x00\xff")) == b"\x00\xff"
        for guest in (carol, dave):
            assert (await guest.tells("event"))["values"] == [{"hex": "00ff"}]
    assert b"\x82\x02\x00\xff" in b"".join(
        c.link.trace.bytes("downstream") for c in (alice, bob) if c.transport == "websocket"
    )
