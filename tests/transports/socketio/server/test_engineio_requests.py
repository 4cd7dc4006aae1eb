"""The request guard before Engine.IO. `tests/peers/test_socketio_hostile.py` has bad requests."""

from __future__ import annotations

import asyncio
from types import ModuleType

import pytest
import socketio

from tests.conftest import soon
from tests.support.engineio import OPEN, asks, opened, posts
from tests.support.raw import raw


async def test_a_poll_that_breaks_off_ends_its_session(lab: ModuleType) -> None:
    """As on Node; the library would let it wait, and it would eat the next message."""
    server = await lab.serve("socketio")
    link = await lab.link(server)
    async with raw(link.port) as stranger:
        sid = await opened(stranger)
        await stranger.send(posts(sid, b"40"), asks(f"{OPEN}&sid={sid}"))
        await soon(lambda: server.connections)
        await stranger.send(asks(f"{OPEN}&sid={sid}"))
        await soon(lambda: len(link.trace.rows(kind="request")) == 4)
    await soon(lambda: not server.connections)
    assert server.log_entries[-1].text == "transport error"


async def test_a_slow_handler_is_waited_for(lab: ModuleType) -> None:
    """A POST that a handler keeps is left alone, however long it takes."""
    sio = socketio.AsyncServer(async_mode="aiohttp", async_handlers=False)
    go = asyncio.Event()

    @sio.event
    async def slow(sid: str) -> str:
        await go.wait()
        return "at last"

    await lab.fresh(timescale=0.05)
    server = await lab.serve(sio)
    async with raw(server.port) as stranger:
        sid = await opened(stranger)
        await stranger.send(posts(sid, b'40\x1e420["slow"]'))
        answer = asyncio.ensure_future(stranger.head())
        await soon(lambda: len(server.connections) == 1)
        done, _ = await asyncio.wait({answer}, timeout=0.6)
        assert not done
        go.set()
        assert " 200 " in await answer
    await lab.fresh()


@pytest.mark.parametrize("number", [17, 18, 40, 1000])
async def test_a_burst_over_polling(lab: ModuleType, number: int) -> None:
    """More than 16 messages in one body arrive, of which the library drops all, on both sides."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice", transports=["polling"])
    said = [f"message {n}" for n in range(number)]
    for text in said:
        await alice.say(text)
    assert await alice.hears(number, within=20) == said
    assert server.connections[0].received == number


async def test_a_handler_is_not_cut_off(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """A disconnect handler may take its time, also where a POST waits for it."""
    await lab.fresh(timescale=0.05)
    log = []
    go = asyncio.Event()

    @sio.event
    async def disconnect(sid: str, reason: str) -> None:
        log.append("begin")
        await go.wait()
        log.append("end")

    server = await lab.serve(sio)
    async with raw(server.port) as stranger:
        sid = await opened(stranger)
        await stranger.send(posts(sid, b"40\x1e1"))
        await soon(lambda: log)
        done, _ = await asyncio.wait({asyncio.ensure_future(stranger.head())}, timeout=0.3)
        go.set()
        await soon(lambda: log == ["begin", "end"])
        for answer in done:
            answer.result()
    await lab.fresh()


async def test_a_page_that_embeds_a_session(lab: ModuleType) -> None:
    """A foreign page that asks as for a script, which has no Origin, learns no id."""
    server = await lab.serve("socketio")
    async with raw(server.port) as stranger:
        await stranger.send(asks(f"{OPEN}&j=0", "Sec-Fetch-Site: cross-site"))
        assert " 403 " in await stranger.head()
    assert server.log_counts == {"refused": 1}


async def test_a_body_that_is_not_packed_as_it_says(lab: ModuleType) -> None:
    """It is refused, and nobody is blamed for it."""
    server = await lab.serve("socketio")
    async with raw(server.port) as stranger:
        sid = await opened(stranger)
        await stranger.send(posts(sid, b"hello", "Content-Encoding: gzip"))
        assert " 400 " in await stranger.head()
