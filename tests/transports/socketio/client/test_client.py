"""What a Socket.IO client says, asks and hears. `contract/` has what all clients do."""

from __future__ import annotations

import asyncio
import time
from types import ModuleType
from typing import Any

import pytest
import socketio

from labkit.exceptions import Disconnected, HandlerFailed, NotAcknowledged
from labkit.transports.contract import Server
from tests.conftest import soon


@pytest.fixture
async def server(lab: ModuleType, sio: socketio.AsyncServer) -> Server:
    """Serve a learner's server that answers in all kinds of ways."""

    @sio.event
    async def add(sid: str, a: int, b: int) -> int:
        return a + b

    @sio.event
    async def several(sid: str) -> tuple[str, int]:
        return "a", 1

    @sio.event
    async def nothing(sid: str, *arguments: Any) -> None:
        await sio.emit("got", arguments, to=sid)

    @sio.event
    async def divide(sid: str, number: int) -> float:
        return 1 / number

    @sio.event
    async def slow(sid: str) -> None:
        await asyncio.Event().wait()

    return await lab.serve(sio)


async def test_acknowledgements(lab: ModuleType, server: Server) -> None:
    """What a handler returns comes back: a value, several, or nothing."""
    alice = await lab.connect(server, "alice")
    assert await alice.call("add", 20, 22) == 42
    assert await alice.call("several") == ("a", 1)
    assert await alice.call("nothing") is None


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (None,),
        ("a", 1, 1.5, True, None, ["x", {"y": "z"}]),
        (b"\x00\xff",),
        ({"name": "a", "data": b"\x01", "more": [b"\x02", b"\x03"]},),
        ("שלום 👩‍👩‍👧 \ud800",),
        (["a", "b"],),
    ],
    ids=["none", "null", "many", "bytes", "nested bytes", "letters", "a list"],
)
async def test_arguments_arrive_as_they_were(
    lab: ModuleType, server: Server, arguments: tuple[Any, ...]
) -> None:
    """Any number of what JSON can express, bytes anywhere in it; one None is an argument."""
    alice = await lab.connect(server, "alice")
    await alice.emit("nothing", *arguments)
    heard = await alice.hears("got")
    assert heard.arguments == arguments and heard.event == "got"


async def test_a_handler_that_fails(lab: ModuleType, server: Server) -> None:
    """`call` fails at once, with class, text and line; the error is kept for the last cell, too."""
    alice = await lab.connect(server, "alice")
    started = time.monotonic()
    with pytest.raises(HandlerFailed) as caught:
        await alice.call("divide", 0, within=60)
    assert time.monotonic() - started < 10
    assert "ZeroDivisionError: division by zero, at `return 1 / number`" in str(caught.value)
    (error,) = lab.errors()
    assert error.where == "handler of 'divide' in 'socketio', serving alice"
    assert await alice.call("divide", 2) == 0.5


async def test_a_wrong_number_of_arguments(lab: ModuleType, server: Server) -> None:
    """The error compares what came with what the handler takes."""
    alice = await lab.connect(server, "alice")
    with pytest.raises(HandlerFailed, match=r"'add' came with 1 argument; .*`add\(sid: 'str', a"):
        await alice.call("add", 1)
    assert "came with 1 argument" in lab.errors()[0].what


async def test_an_event_that_nobody_handles(lab: ModuleType, server: Server) -> None:
    """The caller is told which ones are handled; the view tells of it; it is no error."""
    alice = await lab.connect(server, "alice")
    with pytest.raises(HandlerFailed, match=r"there is no handler for the event 'ad'.*add, divide"):
        await alice.call("ad", 1, 2)
    await alice.emit("ad")
    await soon(lambda: [e.times for e in server.log_entries if e.kind == "ignored"] == [2])


async def test_no_answer_in_time(lab: ModuleType, server: Server) -> None:
    """The error says for how long, and why that may be."""
    alice = await lab.connect(server, "alice")
    with pytest.raises(NotAcknowledged, match=r"within 0\.1 s.*has not returned yet"):
        await alice.call("slow", within=0.1)


async def test_an_end_before_the_answer(lab: ModuleType, server: Server) -> None:
    """The library would wait its whole time; here the end is told at once."""
    alice = await lab.connect(server, "alice", reconnection=False)
    asking = asyncio.ensure_future(alice.call("slow", within=60))
    await soon(lambda: "slow" in str(alice.link.trace.rows(kind="event")))
    alice.link.cut()
    with pytest.raises(NotAcknowledged, match=r"ended with 'transport error'.*is unknown"):
        await asking


async def test_what_has_no_json_is_not_sent(lab: ModuleType, server: Server) -> None:
    """Objects, NaN and endless lists are explained, and the connection goes on."""
    alice = await lab.connect(server, "alice")
    endless: list[Any] = []
    endless.append(endless)
    for value in (object(), float("nan"), endless, {1, 2}):
        with pytest.raises(lab.LabError, match="'nothing' was not sent"):
            await alice.emit("nothing", value)
    with pytest.raises(TypeError, match=r"alice.emit\(\"chat message\", ...\)"):
        await alice.say(5)
    with pytest.raises(lab.LabError, match="has not joined the namespace '/x', only /"):
        await alice.emit("nothing", namespace="/x")
    assert await alice.call("add", 1, 1) == 2


async def test_nothing_is_kept_for_later(lab: ModuleType, server: Server) -> None:
    """Offline, `emit`, `call` and `say` tell that Python's client has no buffer."""
    alice = await lab.connect(server, "alice")
    alice.link.cut()
    await alice.ends()
    for speak in (alice.emit("nothing"), alice.call("nothing"), alice.say("hello")):
        with pytest.raises(Disconnected, match=r"keeps nothing for later.*link\.restore\(\)"):
            await speak


async def test_the_server_asks(lab: ModuleType, server: Server, sio: socketio.AsyncServer) -> None:
    """What a function of `on` returns is the acknowledgement; the event is heard beside it."""
    alice = await lab.connect(server, "alice")

    @alice.on("question")  # type: ignore[untyped-decorator]
    async def answer(text: str) -> str:
        return text.upper()

    alice.on("other", lambda: ("a", "b"))
    assert await sio.call("question", "why", to=alice.sid) == "WHY"
    assert await sio.call("other", to=alice.sid) == ("a", "b")
    assert await sio.call("unknown", to=alice.sid) is None
    assert alice.inbox == ['question("why")', "other()", "unknown()"]


async def test_ticks(lab: ModuleType) -> None:
    """Two when the server has acknowledged; one if it was not asked to."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice")
    await alice.say("hello")
    assert said(alice) == ["sent"]
    await alice.hears("hello")
    await soon(lambda: said(alice) == ["acknowledged"])
    bob = await lab.connect(server, "bob", acknowledge=False)
    await bob.say("hello")
    await bob.hears("hello")
    assert said(bob) == ["sent"]
    assert "42[" in str(bob.link.trace.rows(text="hello", direction="upstream")[0].payload)


def said(client: Any) -> list[str]:
    """Return how far a client's words have come."""
    return [entry.send_status for entry in client.transcript if entry.kind == "said"]
