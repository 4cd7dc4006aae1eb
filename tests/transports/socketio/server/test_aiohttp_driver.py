"""Polling bodies, read whole, and WebSocket messages that are too large."""

from __future__ import annotations

from types import ModuleType

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.conftest import soon
from tests.support.engineio import OPEN, asks, opened, posts
from tests.support.raw import raw
from tests.support.servers import names_of


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


@pytest.mark.parametrize(
    "text",
    ["x" * 2**20, "x" * 3 * 2**20, "€" * 2**19],
    ids=["a little", "three times", "in bytes, not in letters"],
)
async def test_a_message_that_is_too_large_is_told(lab: ModuleType, text: str) -> None:
    """Its sender sees 1009, also through a link, and others chat on."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice")
    link = await lab.link(server)
    url = f"ws://127.0.0.1:{link.port}/socket.io/?EIO=4&transport=websocket"
    async with connect(url, max_size=None, proxy=None) as stranger:
        await stranger.recv()
        await stranger.send("40")
        await stranger.send(f'42["chat message","{text}"]')
        with pytest.raises(ConnectionClosed) as caught:
            while True:
                await stranger.recv()
    assert caught.value.rcvd is not None and caught.value.rcvd.code == 1009
    await soon(lambda: names_of(server) == ["alice"])
    await alice.say("still here")
    await alice.hears("still here")
