"""Bodies, read whole."""

from __future__ import annotations

from types import ModuleType

from tests.conftest import soon
from tests.support.engineio import OPEN, asks, opened, posts
from tests.support.raw import raw


async def test_a_body_in_two_pieces(lab: ModuleType) -> None:
    """The second piece comes later; the library would have taken the first for all of it."""
    server = await lab.serve("socketio")
    async with raw(server.port) as stranger:
        sid = await opened(stranger)
        text = "x" * 200
        message = posts(sid, f'40\x1e42["chat message","{text}"]'.encode())
        await stranger.send(message[:-100])
        await stranger.send(message[-100:])
        assert " 200 " in await stranger.head()
        await soon(lambda: server.log_counts.get("message") == 1)
        assert server.connections[0].received == 1


async def test_a_long_text_over_polling(lab: ModuleType) -> None:
    """Megabytes arrive whole, through a link, both ways."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice", transports=["polling"])
    for size in (65_536, 500_000, 1_000_000):
        await alice.say("ü" * (size // 6))  # JSON writes six letters for it
        assert await alice.hears("ü", within=10) == "ü" * (size // 6)


async def test_a_request_without_a_body_is_left_alone(lab: ModuleType) -> None:
    """A poll is answered as ever."""
    server = await lab.serve("socketio")
    async with raw(server.port) as stranger:
        await stranger.send(asks(OPEN))
        assert " 200 " in await stranger.head()


async def test_a_body_that_does_not_come(lab: ModuleType) -> None:
    """Its sender is told so, on the finished chats over plain HTTP as on Socket.IO."""
    await lab.fresh(timescale=0.1)
    server = await lab.serve("poll")
    async with raw(server.port) as stranger:
        head = "POST /messages?client=x&number=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        await stranger.send(
            f"{head}Content-Type: text/plain\r\nContent-Length: 9\r\n\r\nhi".encode()
        )
        assert " 400 " in await stranger.head()
    await lab.fresh()
