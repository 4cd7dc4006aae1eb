"""Events as a client hears them."""

from __future__ import annotations

from types import ModuleType

import pytest
import socketio

from labkit.protocols.socketio import EventMessage


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
    assert message == (text or 'file(<2 bytes: 01 02>, {"a": [<1 bytes: ff>]})')


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
        with pytest.raises(lab.LabError, match="keeps this name for itself"):
            await alice.emit(name, "x")
        with pytest.raises(lab.LabError, match="keeps this name for itself"):
            await alice.call(name)
    assert alice.state == "open"
