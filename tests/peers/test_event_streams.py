"""Event streams between foreign peers and labkit: npm `eventsource`, curl, and aiohttp-sse."""

from __future__ import annotations

import asyncio
import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aiohttp import web

from labkit.backoff import Backoff
from tests.conftest import soon
from tests.support.node import node
from tests.support.rooms import CAROL
from tests.support.servers import names_of


@pytest.mark.parametrize("way", ["direct", "link"])
async def test_npm_eventsource(lab: ModuleType, node_modules: Path, way: str) -> None:
    """It hears and is heard, and comes back with its last id: nothing is lost or heard twice."""
    await lab.fresh(timescale=0.2)
    server = await lab.serve("sse")
    alice = await lab.connect(server, "alice")
    link = await lab.link(server)
    url = server.url if way == "direct" else link.url
    async with node("eventsource_client.cjs", url, CAROL) as peer:
        assert (await peer.tells("open"))["asked"] is None
        welcome = await peer.tells("private")
        assert welcome["data"] == {"text": "Welcome! You are one of 2."}
        for text in ("hello", "שלום 👩‍👩‍👧", "a\r\nb\rc\u2028", ""):
            await alice.say(text)
            assert (await peer.tells("message"))["data"] == {"text": text}
        await peer.does("post", number=1, text="grüß")
        assert (await peer.tells("posted"))["status"] == 204
        assert await alice.hears("grüß")
        epoch = server.room.history.epoch
        await peer.tells("heartbeat")
        if way == "link":
            link.cut()
            assert (await peer.tells("error"))["state"] == 0
            await alice.say("missed one")
            await alice.say("missed two")
            link.restore()
            # this library takes no id without data, so it asks from before its own message on
            assert (await peer.tells("open"))["asked"] == f"{epoch}-4"
            for text in ("missed one", "missed two"):
                assert (await peer.tells("message"))["data"] == {"text": text}
    await soon(lambda: names_of(server) == ["alice"])


async def test_npm_eventsource_and_a_server_that_starts_again(
    lab: ModuleType, node_modules: Path
) -> None:
    """It asks with the id of the server before, and is told that nobody knows what is lost."""
    server = await lab.serve("sse")
    alice = await lab.connect(server, "alice", reconnect=Backoff(0.05, factor=1))
    async with node("eventsource_client.cjs", server.url, CAROL) as peer:
        await peer.tells("private")
        await alice.say("before")
        await peer.tells("message")
        await server.stop()
        await peer.tells("error")
        await server.start()
        assert (await peer.tells("lost"))["data"] is None
        await alice.say("after")
        assert (await peer.tells("message"))["data"] == {"text": "after"}


async def test_curl(lab: ModuleType, need: Callable[[str, object], None]) -> None:
    """`curl -N` shows each block as it comes, and is seen to leave."""
    need("curl", curl := shutil.which("curl"))
    server = await lab.serve("sse")
    alice = await lab.connect(server, "alice")
    running = await asyncio.create_subprocess_exec(
        str(curl),
        "-sN",
        f"{server.url}events?client={CAROL}",
        stdout=asyncio.subprocess.PIPE,
    )
    assert running.stdout is not None

    async def block() -> str:
        assert running.stdout is not None
        return (await asyncio.wait_for(running.stdout.readuntil(b"\n\n"), 10)).decode()

    epoch = server.room.history.epoch
    assert await block() == "retry: 1000\n\n"
    assert await block() == 'event: private\ndata: {"text": "Welcome! You are one of 2."}\n\n'
    assert await block() == f"id: {epoch}-0\n\n"
    assert await block() == "event: heartbeat\ndata: 5\n\n"
    await alice.say("hello")
    assert await block() == f'id: {epoch}-1\ndata: {{"text": "hello"}}\n\n'
    posting = await asyncio.create_subprocess_exec(
        str(curl),
        *("-s", "-H", "Content-Type: text/plain", "--data-binary", "from curl"),
        f"{server.url}messages?client={CAROL}&number=1",
    )
    assert await posting.wait() == 0
    assert await alice.hears("from curl")
    assert await block() == f"id: {epoch}-2\n\n"
    running.terminate()
    await running.wait()
    await soon(lambda: names_of(server) == ["alice"])


async def test_a_stream_of_aiohttp_sse(
    lab: ModuleType, need: Callable[[str, object], None]
) -> None:
    """labkit's client reads a stream that another library writes, with its comments and CRLF."""
    need("aiohttp-sse", importlib.util.find_spec("aiohttp_sse"))
    from aiohttp_sse import sse_response

    asked: list[str | None] = []
    said: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def events(request: web.Request) -> web.StreamResponse:
        asked.append(request.headers.get("Last-Event-ID"))
        async with sse_response(request, ping_interval=0.02) as response:
            await response.send('{"text": "welcome"}', retry=1000)
            for number in range(2):
                text, cursor = await said.get()
                await response.send(text, id=cursor, event="message" if number else None)
        return response

    async def posted(request: web.Request) -> web.Response:
        await said.put((f'{{"text": "you said {await request.text()}"}}', "aaaaaaaa-2"))
        return web.Response(status=204)

    async def left(request: web.Request) -> web.Response:
        return web.Response(status=204)

    app = web.Application()
    app.add_routes(
        [
            web.get("/events", events),
            web.post("/messages", posted),
            web.delete("/clients/{client}", left),
        ]
    )
    server = await lab.serve(app)
    options: dict[str, Any] = {"protocol": "sse", "reconnect": Backoff(0.01)}
    alice = await lab.connect(server, "alice", **options)
    await alice.hears("welcome")
    await said.put(('{"text": "one"}', "aaaaaaaa-1"))
    await alice.hears("one")
    await alice.say("two")
    await alice.hears("you said two")
    await soon(lambda: len(asked) == 2)  # the library ended the stream, and alice came back
    assert asked == [None, "aaaaaaaa-2"]
    await alice.close()
