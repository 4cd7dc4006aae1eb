"""Strangers in crowds, and strangers who send or want too much; two people go on chatting."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import weakref
from types import ModuleType

import pytest

from labkit.transports.contract import Server
from labkit.views.link.wire_view import WireView
from tests.conftest import soon
from tests.support.bystanders import Bystanders, bystanders
from tests.support.raw import CLOSE, PING, PONG, TEXT, close, frame, frames, raw


@pytest.fixture
def timescale() -> float:
    """Return 1: under a flood, and watched by tracemalloc, a turn of the loop may take a second."""
    return 1


async def test_ten_thousand_come_and_go(server: Server, chat: Bystanders) -> None:
    """Whoever connects and drops it at once leaves nothing behind but a number."""
    for wave in range(100):
        async with contextlib.AsyncExitStack() as stack:
            strangers = [await stack.enter_async_context(raw(server.port)) for _ in range(100)]
            await asyncio.gather(*(each.close(reset=wave % 2 == 0) for each in strangers))
    await soon(lambda: server.log_counts.get("refused") == 10_000)
    (event,) = [event for event in server.log_entries if event.kind == "refused"]
    assert event.times == 10_000


@pytest.mark.parametrize("opcode", [PING, PONG])
async def test_fifty_thousand_control_frames(
    server: Server, port: int, chat: Bystanders, opcode: int
) -> None:
    """A flood is read in pieces, and between any two of them everybody else has a turn."""
    async with raw(port) as stranger:
        await stranger.shake_hands()
        answer = asyncio.ensure_future(stranger.rest())
        before = chat.rounds
        await stranger.send(frame(opcode, b"?") * 50_000, close(1000))
        got = list(frames(await asyncio.wait_for(answer, 60)))
    assert got[-1][0] == CLOSE
    assert sum(opcode == PONG for opcode, _ in got) == (50_000 if opcode == PING else 0)
    assert chat.rounds > before


async def test_a_flood_of_texts(server: Server, port: int, chat: Bystanders) -> None:
    """A stranger who says 5 000 things at once is heard, and so is everybody else."""
    async with raw(port) as stranger:
        await stranger.shake_hands()
        await stranger.send(*(frame(TEXT, b"flood %d" % n) for n in range(5000)), close(1000))
        await asyncio.wait_for(stranger.rest(), 60)
    await soon(lambda: "flood 4999" in chat.bob.inbox)
    floods = [text for text in chat.bob.inbox if str(text).startswith("flood")]
    assert floods == [f"flood {number}" for number in range(5000)]


async def test_six_thousand_requests_at_once(lab: ModuleType) -> None:
    """While somebody looks at the wire, a pipeline of tiny requests blocks nobody, and is shown."""
    server = await lab.serve("socketio")
    async with bystanders(lab, server) as chat:
        link = await lab.link(server)
        view = WireView(link)
        before = chat.rounds
        get = b"GET /x HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        async with raw(link.port) as stranger:
            answers = asyncio.ensure_future(stranger.rest())
            await stranger.send((get + b"\r\n") * 6000 + get + b"Connection: close\r\n\r\n")
            await asyncio.wait_for(answers, 60)
        await soon(lambda: view.widget.state["count"] > 12_000, within=60)
        assert {row.kind for row in link.trace.rows() if not row.is_fact} == {"request", "response"}
        assert chat.rounds > before
        view.close()


async def test_a_reader_that_freezes(lab: ModuleType, server: Server) -> None:
    """Whoever stops reading under a broadcast is dropped, and what waited for it is let go."""
    async with bystanders(lab, server), raw(server.port) as stranger:
        carol = await lab.connect(server, "carol")
        await stranger.shake_hands()
        await soon(lambda: len(server.connections) == 4)
        frozen = weakref.ref(next(g.raw for g in server.connections if g.name.startswith("guest")))
        for number in range(200):
            await carol.say(f"{number} ".encode() + b"x" * 100_000)
            if len(server.connections) == 3:
                break
        await soon(lambda: len(server.connections) == 3)
        (event,) = [event for event in server.log_entries if event.kind == "dropped"]
        assert "MiB waited to be read" in event.text
        await soon(lambda: gc.collect() >= 0 and frozen() is None)
        await carol.close()
