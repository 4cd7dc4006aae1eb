"""A Python client of another library: aiohttp's, on the finished chat."""

from __future__ import annotations

import asyncio
from types import ModuleType

import aiohttp
import pytest

from tests.conftest import soon
from tests.support.servers import names_of


@pytest.mark.parametrize("way", ["direct", "link"])
async def test_it_chats(lab: ModuleType, way: str) -> None:
    """Text, bytes, lengths, a ping and a close code pass between the two libraries."""
    server = await lab.serve("websocket")
    url = server.url if way == "direct" else (await lab.link(server)).url
    alice = await lab.connect(server, "alice")
    await alice.hears("Welcome")
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as guest:
        assert "Welcome" in await guest.receive_str(timeout=5)
        for text in ("hello", "ü 👩‍👩‍👧", "", "x" * 2**20):
            await guest.send_str(text)
            assert await alice.hears(within=10) == text
            await alice.say(text)
            assert await guest.receive_str(timeout=5) == text
        await guest.send_bytes(b"\x00\xff")
        assert await alice.hears() == b"\x00\xff"
        await guest.ping(b"there?")
        await guest.close(code=4000, message=b"bye")
    await soon(lambda: names_of(server) == ["alice"])
    assert server.log_entries[-1].text.startswith("4000")


async def test_it_is_told_that_the_server_goes(lab: ModuleType) -> None:
    """1001 arrives when the server stops."""
    server = await lab.serve("websocket")
    async with aiohttp.ClientSession() as session, session.ws_connect(server.url) as guest:
        await guest.receive_str(timeout=5)
        stopping = asyncio.ensure_future(server.stop())
        assert (await guest.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
        assert guest.close_code == 1001
        await stopping


async def test_it_may_compress(lab: ModuleType) -> None:
    """permessage-deflate is agreed on where the server is asked for it, and nowhere else."""
    for compression in (None, "deflate"):
        server = await lab.serve("websocket", compression=compression)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(server.url, compress=15) as guest,
        ):
            assert bool(guest.compress) == (compression is not None)
            assert "Welcome" in await guest.receive_str(timeout=5)
