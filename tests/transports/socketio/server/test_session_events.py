"""A learner's server is watched while it is hosted, and as it was afterwards."""

from __future__ import annotations

import asyncio
import pickle
from types import ModuleType
from typing import Any

import pytest
import socketio
from socketio.async_pubsub_manager import AsyncPubSubManager

from tests.conftest import soon
from tests.support.engineio import OPEN, asks, opened, posts, upgraded
from tests.support.raw import BINARY, TEXT, frame, raw
from tests.support.servers import names_of, notes


def names(sio: Any) -> list[set[str]]:
    """Return the names of what the hooks may replace."""
    return [set(vars(place)) for place in (sio, sio.eio, sio.manager)]


async def test_everything_is_put_back(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """After the stop the library's objects have no trace of labkit, and can be hosted again."""
    before = names(sio)
    own = dict(sio.eio.handlers), sio.eio.logger, sio.logger, sio.eio._async
    filters = [*sio.logger.filters, *sio.eio.logger.filters]
    for _ in range(3):
        server = await lab.serve(sio)
        alice = await lab.connect(server, "alice")
        await alice.close()
        assert "create_queue" in vars(sio.eio)
        await server.stop()
        new = [after - known for after, known in zip(names(sio), before, strict=True)]
        assert set().union(*new) <= {"sequence_number"}  # the library's own, at its first session
        assert (dict(sio.eio.handlers), sio.eio.logger, sio.logger, sio.eio._async) == own
        assert [*sio.logger.filters, *sio.eio.logger.filters] == filters
        assert sio.eio.sockets == {} and sio.manager.rooms == {}


async def test_no_task_of_the_library_is_left(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """Neither its service task, nor pings to come, nor open polls, nor handlers without end."""

    @sio.event
    async def endless(sid: str) -> None:
        await asyncio.Event().wait()

    await lab.fresh(timescale=3)
    server = await lab.serve(sio)
    people = [
        await lab.connect(server, name, transports=[transport], reconnection=False)
        for name, transport in (("alice", "polling"), ("bob", "websocket"), ("carol", "polling"))
    ]
    for person in people:
        await person.emit("endless")
    await soon(lambda: str(asyncio.all_tasks()).count("SessionEvents._handling") == 3)
    loop = asyncio.get_running_loop()
    started = loop.time()
    await server.stop()
    assert loop.time() - started < 3  # who is waited for gets 6
    for person in people:
        await person.close()
    words = (
        "_service_task",
        "_send_ping",
        "SessionEvents._handling",
        "handle_request",
        "_reconnect",
    )
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
            await server.disconnect(server.connections[0])
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


async def test_a_handler_that_outlasts_its_guest(
    lab: ModuleType, sio: socketio.AsyncServer
) -> None:
    """A guest whom the server sends away is gone, however long its disconnect handler takes."""
    returns = asyncio.Event()

    @sio.event
    async def disconnect(sid: str, reason: str) -> None:
        await returns.wait()

    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice")
    leaving = asyncio.ensure_future(sio.disconnect(alice.sid))
    assert await alice.ends() == "server disconnect"
    await soon(lambda: not server.connections)
    assert notes(server, "closed") == ["alice: server disconnect"]
    returns.set()
    await leaving
    assert notes(server, "closed") == ["alice: server disconnect"]


async def test_a_connect_handler_that_outlasts_its_guest(
    lab: ModuleType, sio: socketio.AsyncServer
) -> None:
    """Nobody is left in the library's rooms who went while being let in."""
    returns = asyncio.Event()

    @sio.event
    async def connect(sid: str, environ: object) -> None:
        await returns.wait()

    server = await lab.serve(sio)
    async with raw(server.port) as stranger, raw(server.port) as poll:
        sid = await opened(stranger)
        await stranger.send(posts(sid, b"40"))
        await soon(lambda: list(sio.manager.get_participants("/", None)))
        await poll.send(asks(f"{OPEN}&sid={sid}"))
        await soon(lambda: server._waiting)  # type: ignore[attr-defined]
        await poll.close(reset=True)
        await soon(lambda: all(socket.closed for socket in sio.eio.sockets.values()))
        returns.set()
    await soon(lambda: not list(sio.manager.get_participants("/", None)))
    assert server.connections == []


async def test_one_server_under_two_names(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """It is refused, and the first one goes on; after its stop the other name may have it."""
    first = await lab.serve(sio, name="first")
    with pytest.raises(lab.LabError, match="already hosted under another name"):
        await lab.serve(sio, name="second")
    await lab.connect(first, "alice")
    assert names_of(first) == ["alice"]
    await first.stop()
    second = await lab.serve(sio, name="second")
    await lab.connect(second, "bob")
    assert names_of(second) == ["bob"]


async def test_a_connect_handler_that_fails_with_a_type_error(
    lab: ModuleType, sio: socketio.AsyncServer
) -> None:
    """The library calls it again with fewer arguments; the first error is reported, once."""

    @sio.event
    async def connect(sid: str, environ: object, auth: object) -> None:
        raise TypeError("of the handler")

    server = await lab.serve(sio)
    with pytest.raises(lab.LabError, match="its handler failed with TypeError: of the handler"):
        await lab.connect(server, "alice", reconnection=False)
    assert notes(server, "error") == ["alice: TypeError: of the handler"]
    assert [error.what for error in lab.errors()] == ["TypeError: of the handler"]


async def test_a_disconnect_handler_that_fails_when_the_client_leaves(
    lab: ModuleType, sio: socketio.AsyncServer
) -> None:
    """It is reported as that handler's error, and the library forgets the session all the same."""

    @sio.event
    async def disconnect(sid: str, reason: str) -> None:
        raise KeyError(reason)

    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice", namespaces=["/"])
    await alice.close()
    await soon(lambda: not server.connections)
    (error,) = lab.errors()
    assert error.where == f"handler of 'disconnect' in {server.name!r}, serving alice"
    assert sio.manager.rooms == {} and notes(server, "closed") == ["alice: client disconnect"]


async def test_a_disconnect_that_fails_where_it_is_asked_for(
    lab: ModuleType, sio: socketio.AsyncServer
) -> None:
    """Whoever calls `sio.disconnect` gets the error of the handler, as without labkit."""

    @sio.event
    async def disconnect(sid: str, reason: str) -> None:
        raise KeyError(reason)

    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice", reconnection=False)
    with pytest.raises(KeyError, match="server disconnect"):
        await sio.disconnect(alice.sid)
    assert lab.errors() == []


async def test_a_forged_end(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """An event of a lifecycle's name changes no entry, and its failure is an event's."""
    sio.on("disconnect", lambda sid, reason: None)
    sio.on("connect", lambda sid, environ: None)
    server = await lab.serve(sio)
    async with upgraded(server.port) as stranger:
        forged = (b"40", b'42["disconnect","server disconnect"]', b'42["connect",{}]')
        await stranger.send(*(frame(TEXT, text) for text in forged))
        await soon(lambda: server.connections and server.connections[0].received == 2)
    await soon(lambda: not server.connections)
    assert notes(server, "closed")[0].startswith("guest 1: transport close")
    assert lab.errors() == []


async def test_a_refusal_after_the_welcome(lab: ModuleType) -> None:
    """With `always_connect` a guest is in before its connect handler refuses it."""
    sio = socketio.AsyncServer(async_mode="aiohttp", always_connect=True)
    sio.on("connect", lambda sid, environ: False)
    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice", reconnection=False)
    assert await alice.ends() == "server disconnect"
    await soon(lambda: "closed" in server.log_counts)
    assert notes(server, "closed") == ["alice: server disconnect"]


async def test_a_stop_is_bounded(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """Handlers that will not end hold up nothing, and one may ask for the stop itself."""
    ended = asyncio.Event()

    @sio.event
    async def disconnect(sid: str, reason: str) -> None:
        await asyncio.Event().wait()

    @sio.event
    async def stop(sid: str) -> None:
        await server.stop()
        ended.set()

    await lab.fresh(timescale=0.2)
    server = await lab.serve(sio)
    people = [
        await lab.connect(server, name, transports=["polling"], reconnection=False)
        for name in ("alice", "bob", "carol")
    ]
    await people[0].emit("stop")
    await asyncio.wait_for(ended.wait(), 5)
    assert not server.running
    await lab.fresh()


class Reversed(socketio.packet.Packet):  # type: ignore[misc]
    """A serializer of somebody's own: everything is bytes, and nobody else can read it."""

    uses_binary_events = False

    def encode(self) -> bytes:
        """Return the packet as bytes."""
        fields = self.packet_type, self.data, self.namespace, self.id
        return pickle.dumps(fields)[::-1]

    def decode(self, encoded_packet: bytes) -> None:
        """Take it apart."""
        fields = pickle.loads(encoded_packet[::-1])
        self.packet_type, self.data, self.namespace, self.id = fields


@pytest.mark.parametrize("transport", ["polling", "websocket"])
@pytest.mark.parametrize("serializer", ["msgpack", Reversed])
async def test_other_serializers(lab: ModuleType, transport: str, serializer: Any) -> None:
    """Whatever writes the packets, the view tells truly who came, spoke and went, and how."""
    sio = socketio.AsyncServer(async_mode="aiohttp", serializer=serializer)

    @sio.event
    async def double(sid: str, value: Any) -> Any:
        return value * 2

    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice", transports=[transport], serializer=serializer)
    assert await alice.call("double", [1, b"\xff"]) == [1, b"\xff", 1, b"\xff"]
    with pytest.raises(lab.LabError, match="its handler failed with TypeError"):
        await alice.call("double", None)
    assert [error.what.partition(":")[0] for error in lab.errors()] == ["TypeError"]
    await alice.close()
    await soon(lambda: not server.connections)
    assert notes(server, "ignored", "refused") == []
    assert notes(server, "closed") == ["alice: client disconnect"]
    rows = alice.link.trace.rows()
    assert [row for row in rows if row.problem] == []
    words = "\n".join(row.content for row in rows)
    told = ("double([1, <1 byte: ff>])", "ack([1, <1 byte: ff>, 1, <1 byte: ff>]) answers 1")
    assert all((each in words) == (serializer == "msgpack") for each in told)
    for row in rows:
        assert sum(layer.added for layer in row.layers) == row.size


async def test_a_namespace_that_there_is_not(lab: ModuleType) -> None:
    """A refused request to join, and what comes without one, are noted with any serializer."""
    sio = socketio.AsyncServer(async_mode="aiohttp", serializer=Reversed)
    server = await lab.serve(sio)
    with pytest.raises(lab.LabError, match="namespace"):
        await lab.connect(server, "alice", namespaces=["/none"], serializer=Reversed)
    assert "there is no namespace /none" in notes(server, "refused")[0]
    async with upgraded(server.port) as stranger:
        await stranger.send(frame(BINARY, Reversed(2, ["hi"], "/").encode()))
        await soon(lambda: "ignored" in server.log_counts)
    assert notes(server, "ignored") == ["guest 2: it has not joined a namespace"]


async def test_a_client_managers_listener_ends_with_the_server(lab: ModuleType) -> None:
    """It listens from the first guest to the stop, and again when the server is hosted again."""
    listening = []

    class Manager(AsyncPubSubManager):  # type: ignore[misc]
        async def _listen(self):  # type: ignore[no-untyped-def]
            listening.append(asyncio.current_task())
            await asyncio.Event().wait()
            yield {}

    sio = socketio.AsyncServer(async_mode="aiohttp", client_manager=Manager())
    for hosted in (1, 2):
        server = await lab.serve(sio)
        await lab.connect(server, "alice", reconnection=False)
        await soon(lambda times=hosted: len(listening) == times)
        assert not listening[-1].done()
        await server.stop()
        assert listening[-1].done()
