"""Events as a client hears them."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
import socketio

from labkit import bench
from labkit.protocols.socketio import EventMessage
from tests.conftest import soon


@pytest.mark.parametrize(
    ("event", "arguments", "namespace", "text"),
    [
        ("typing", ("bob", True), "/", 'typing("bob", true)'),
        ("chat message", (), "/", "chat message()"),
        ("file", (b"\x01\x02", {"a": [b"\xff"]}), "/", None),
        ("news", (None,), "/lounge", "/lounge news(null)"),
    ],
)
def test_an_event_reads_like_a_call(
    event: str, arguments: tuple[object, ...], namespace: str, text: str | None
) -> None:
    """Its text can be searched, and its parts are there."""
    message = EventMessage.of(event, arguments, namespace)
    assert (message.event, message.arguments, message.namespace) == (event, arguments, namespace)
    assert message == (text or 'file(<2 bytes: 01 02>, {"a": [<1 byte: ff>]})')


async def test_what_is_heard_as_it_is(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """Only a `chat message` of one text or of bytes; all else is an event."""
    server = await lab.serve(sio)
    alice = await lab.connect(server, "alice")
    for event, arguments in (
        ("chat message", "a"),
        ("chat message", b"b"),
        ("chat message", ("c", 1)),
        ("chat message", {"d": 1}),
        ("news", "e"),
    ):
        await sio.emit(event, arguments)
    assert await alice.hears(5) == [
        "a",
        b"b",
        'chat message("c", 1)',
        'chat message({"d": 1})',
        'news("e")',
    ]


async def test_reserved_names_are_not_sent(lab: ModuleType) -> None:
    """The server would throw the client out; the caller is told at once, and stays."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice")
    for name in ("connect", "disconnect"):
        with pytest.raises(lab.LabError, match="reserves this name"):
            await alice.emit(name, "x")
        with pytest.raises(lab.LabError, match="reserves this name"):
            await alice.call(name)
    assert alice.state == "open"


async def test_a_function_for_every_event(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """`*` gets the events that have no function of their own, and in `*` the namespace, too."""
    server = await lab.serve(sio)
    for place in ("/", "/lounge"):
        sio.on("connect", lambda *arguments: None, namespace=place)
    alice = await lab.connect(server, "alice", namespaces=["/", "/lounge"])
    called: list[tuple[object, ...]] = []
    alice.on("typing", lambda *arguments: called.append(("typing's own", *arguments)))
    alice.on("*", lambda *arguments: called.append(arguments))
    alice.on("*", lambda *arguments: called.append(("anywhere", *arguments)), namespace="*")
    await sio.emit("typing", "bob")
    await sio.emit("news", ("a", 1))
    await sio.emit("news", "b", namespace="/lounge")
    await alice.hears(3)
    assert called == [
        ("typing's own", "bob"),
        ("news", "a", 1),
        ("anywhere", "news", "/lounge", "b"),
    ]


async def test_functions_for_the_life_of_a_connection(
    lab: ModuleType, sio: socketio.AsyncServer
) -> None:
    """Each connection and each end is told, with the reason to who takes one."""
    alice = await lab.connect(await lab.serve(sio), "alice")
    called: list[object] = []

    @alice.on("connect")
    async def connected() -> None:
        called.append("connected")

    alice.on("disconnect", called.append)
    await alice.close()
    await alice.open()
    await soon(lambda: "connected" in called)
    alice.on("disconnect", lambda: called.append("gone"))
    await alice.close()
    await soon(lambda: "gone" in called)
    assert called == ["client disconnect", "connected", "gone"]


async def test_who_is_turned_away_is_told(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """`connect_error` comes with what the server said."""

    open_house = True

    @sio.event
    async def connect(sid: str, environ: object) -> None:
        if not open_house:
            raise socketio.exceptions.ConnectionRefusedError("full")

    alice = await lab.connect(await lab.serve(sio), "alice")
    called: list[object] = []
    alice.on("connect_error", called.append)
    await alice.close()
    open_house = False
    with pytest.raises(lab.LabError, match="full"):
        await alice.open()
    await soon(lambda: called)
    assert called == [{"message": "full"}]


async def test_what_fails_in_such_a_function_is_told(
    lab: ModuleType, sio: socketio.AsyncServer
) -> None:
    """It is a background error with the learner's line, and the client goes on."""
    alice = await lab.connect(await lab.serve(sio), "alice")

    @alice.on("disconnect")
    def plain(reason: str) -> None:
        raise KeyError("plain")

    @alice.on("connect")
    async def awaited() -> None:
        raise KeyError("awaited")

    await alice.close()
    await alice.open()
    await soon(lambda: len(bench.current().monitor.background_errors.pending_errors()) == 2)
    told = [str(error) for error in lab.errors()]
    assert "plain" in told[0] and "awaited" in told[1]
    assert all('raise KeyError("' in line for line in told)
    alice.on("disconnect", lambda reason: None)
    assert alice.state == "open"


@pytest.mark.parametrize(
    ("event", "handler", "namespace", "words"),
    [
        (print, None, None, r'`@alice\.on\("typing"\)`'),
        (7, print, None, "needs the name of an event first"),
        ("typing", print, "/nowhere", "not in the namespace '/nowhere', only in /,"),
        ("typing", "print", None, "needs the function itself for 'typing'"),
        ("newListener", print, None, "'newListener' never arrives"),
    ],
)
async def test_what_would_never_be_called(
    lab: ModuleType, event: Any, handler: Any, namespace: str | None, words: str
) -> None:
    """It is said at once."""
    alice = await lab.connect(await lab.serve("socketio"), "alice")
    with pytest.raises(lab.LabError, match=words):
        alice.on(event, handler, namespace=namespace)


async def test_the_only_namespace_is_the_default(
    lab: ModuleType, sio: socketio.AsyncServer
) -> None:
    """Who joined one namespace means that one."""
    sio.on("connect", lambda *arguments: None, namespace="/stream")
    alice = await lab.connect(await lab.serve(sio), "alice", namespaces="/stream")
    called: list[str] = []
    alice.on("news", called.append)
    await sio.emit("news", "a", namespace="/stream")
    await alice.hears("news")
    assert called == ["a"]


async def test_an_event_has_a_name(lab: ModuleType) -> None:
    """Anything but a text is not sent, and the room of a text has a name."""
    alice = await lab.connect(await lab.serve("socketio"), "alice")
    for verb in (alice.emit, alice.call):
        with pytest.raises(lab.LabError, match="name of an event must be a string, not 7"):
            await verb(7)
    for room in ("", 7):
        with pytest.raises(lab.LabError, match="`room` must be a non-empty string"):
            await alice.say("hello", room)


async def test_what_is_said_goes_to_the_only_namespace(lab: ModuleType) -> None:
    """Who is in one namespace alone says, calls, emits and hears there without naming it."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice", namespaces="/lounge")
    bob = await lab.connect(server, "bob", namespaces=["/lounge"])
    await alice.say("hello")
    assert await bob.hears("hello") == "hello"
    await bob.emit("chat message", "hi")
    assert await alice.hears("hi") == "hi"
    assert await alice.call("join", "den") == await bob.call("join", "den") == ["den"]


async def test_a_namespace_that_was_not_joined(lab: ModuleType) -> None:
    """Of several, none but "/" is the default; the error names those that were joined."""
    server = await lab.serve("socketio")
    carol = await lab.connect(server, "carol", namespaces=["/lounge", "/kitchen"])
    with pytest.raises(lab.LabError, match=r"only /lounge, /kitchen\. Name one of these with"):
        await carol.say("hello")
    await carol.emit("chat message", "hello", namespace="/kitchen")
    sid = carol.raw.get_sid("/kitchen")
    await server.raw.disconnect(sid, namespace="/kitchen")
    await soon(lambda: "/kitchen" not in carol.raw.namespaces)
    with pytest.raises(lab.LabError, match="The server ended that one; to join it again"):
        await carol.emit("chat message", "hello", namespace="/kitchen")
