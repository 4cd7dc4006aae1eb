"""What goes wrong on a learner's Socket.IO server, and who is told."""

from __future__ import annotations

import asyncio
import logging
from types import ModuleType

import pytest
import socketio
from socketio.async_pubsub_manager import AsyncPubSubManager

from tests.conftest import soon
from tests.support.engineio import upgraded
from tests.support.raw import TEXT, frame
from tests.support.servers import names_of, notes


@pytest.mark.parametrize("async_handlers", [True, False])
async def test_a_handler_that_fails(lab: ModuleType, async_handlers: bool) -> None:
    """However the library runs it: noted once, kept once, and the others chat on."""
    sio = socketio.AsyncServer(async_mode="aiohttp", async_handlers=async_handlers)

    @sio.event
    async def divide(sid: str, number: int) -> float:
        return 1 / number

    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice")
    with pytest.raises(lab.LabError, match="its handler failed with ZeroDivisionError"):
        await alice.call("divide", 0)
    await alice.emit("divide", 0)
    await soon(lambda: server.log_counts["error"] == 2)
    assert notes(server, "error") == ["alice: ZeroDivisionError: division by zero"] * 2
    assert [error.what for error in lab.errors()] == ["ZeroDivisionError: division by zero"] * 2
    said = "no answer from the server: its handler failed with ZeroDivisionError"
    assert any(str(entry.text).startswith(said) for entry in alice.transcript)
    assert await alice.call("divide", 4) == 0.25


async def test_a_task_group_that_fails(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """What went wrong in it is told to the client, and kept, with its line."""

    async def divide(number: int) -> float:
        return 1 / number

    @sio.event
    async def both(sid: str, number: int) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(divide(number))

    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice")
    told = "its handler failed with ZeroDivisionError: division by zero, at `return 1 / number`"
    with pytest.raises(lab.LabError, match=told):
        await alice.call("both", 0)
    assert notes(server, "error") == ["alice: ZeroDivisionError: division by zero"]
    (error,) = lab.errors()
    assert error.source_line.line == "return 1 / number"


async def test_a_disconnect_handler_that_fails(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """The guest is gone all the same, which the library forgets, and the error is kept."""

    @sio.event
    async def disconnect(sid: str, reason: str) -> None:
        raise KeyError(reason)

    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice", namespaces=["/"])
    alice.link.cut()
    await soon(lambda: not server.connections)
    assert list(sio.manager.get_participants("/", None)) == [] and sio.environ == {}
    assert [error.what for error in lab.errors()] == ["KeyError: 'transport close'"]
    assert notes(server, "error") == ["alice: KeyError: 'transport close'"]


async def test_a_packet_that_is_none(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """It is the peer's fault: noted, not kept; a learner's server goes on as the library does."""
    server = await lab.serve(sio)
    async with upgraded(server.port) as stranger:
        await stranger.send(*(frame(TEXT, text) for text in (b"40", b"42[", b"49")))
        await soon(lambda: server.log_counts.get("refused") == 2)
        assert names_of(server) == ["guest 1"]
    assert lab.errors() == []


async def test_namespaces_of_classes(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """Their methods are handlers, too, and what they have not is told."""

    class News(socketio.AsyncNamespace):  # type: ignore[misc]
        async def on_read(self, sid: str, number: int) -> str:
            return f"page {number}"

    sio.register_namespace(News("/news"))
    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice", namespaces="/news")
    assert await alice.call("read", 1, namespace="/news") == "page 1"
    with pytest.raises(lab.LabError, match="there is no handler for the event 'write' in /news"):
        await alice.call("write", namespace="/news")


async def test_a_handler_for_everything(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """With a catch-all handler nothing is ignored."""
    sio.on("*", lambda event, sid, *arguments: event)
    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice")
    assert await alice.call("anything") == "anything"
    assert "ignored" not in server.log_counts


async def test_what_the_library_says_less_loudly_passes(
    lab: ModuleType, sio: socketio.AsyncServer, caplog: pytest.LogCaptureFixture
) -> None:
    """A learner who asked for the library's log gets it, without what is told elsewhere."""
    caplog.set_level(logging.INFO, "socketio.server")
    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice")
    await alice.emit("anything")
    await soon(lambda: any("received event" in record.getMessage() for record in caplog.records))
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_an_acknowledgement_that_fails(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """A learner's callback is the learner's mistake, not the guest's."""
    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice")
    await sio.emit("question", to=alice.sid, callback=lambda: 1 / 0)
    await soon(lambda: "error" in server.log_counts)
    assert [error.what for error in lab.errors()] == ["ZeroDivisionError: division by zero"]
    assert "refused" not in server.log_counts


async def test_a_name_that_is_none(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """What a stranger sends instead of an event's name blames nobody else."""
    server = await lab.serve(sio)
    async with upgraded(server.port) as stranger:
        await stranger.send(*(frame(TEXT, text) for text in (b"40", b'42[{"a":1}]', b'42[["x"]]')))
        await soon(lambda: server.log_counts.get("refused") == 2)
    assert lab.errors() == []


async def test_a_client_manager_without_its_queue(lab: ModuleType) -> None:
    """What cannot be published is an error, with the reason, though no exception is logged."""
    manager = socketio.AsyncRedisManager("redis://127.0.0.1:1/0")  # nobody listens there
    sio = socketio.AsyncServer(async_mode="aiohttp", client_manager=manager)
    server = await lab.serve(sio, name="chat")
    await sio.emit("news", "hello")
    (retrying, given_up) = lab.errors()
    assert retrying.what.startswith("Cannot publish to redis... retrying: ")
    assert given_up.what.startswith("Cannot publish to redis... giving up: ")
    assert given_up.where == "client manager of 'chat'"
    assert given_up.what.removesuffix(".") in str(notes(server, "error"))


async def test_a_message_from_another_process_that_fails(lab: ModuleType) -> None:
    """What its listener cannot handle is an error of the manager's, not of the first guest."""

    class Manager(AsyncPubSubManager):  # type: ignore[misc]
        async def _listen(self):  # type: ignore[no-untyped-def]
            yield {"method": "emit", "event": "news", "data": 1, "binary": 7, "host_id": "other"}
            await asyncio.Event().wait()

    sio = socketio.AsyncServer(async_mode="aiohttp", client_manager=Manager())
    server = await lab.serve(sio, name="chat")
    await lab.connect(server, "alice")
    await soon(lambda: server.log_counts.get("error"))
    (error,) = lab.errors()
    assert error.where == "client manager of 'chat'" and isinstance(error.exception, TypeError)
    assert "refused" not in server.log_counts
