"""WebSocket messages that are too large."""

from __future__ import annotations

from types import ModuleType

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.conftest import soon
from tests.support.servers import names_of


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
