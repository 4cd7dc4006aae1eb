"""Why a client of a chat over HTTP could not connect."""

from __future__ import annotations

from types import ModuleType

import pytest
from aiohttp import web

from labkit.exceptions import ConnectError
from labkit.faults import BlackHole
from tests.support.hostile import Peer, Says, hostile, replies


async def hangs_up(peer: Peer) -> None:
    """Close without an answer, whatever is asked."""


CHATS = pytest.mark.parametrize("protocol", ["sse", "longpoll", "poll"])


@CHATS
async def test_nothing_there(lab: ModuleType, protocol: str) -> None:
    """A closed port refuses."""
    server = await lab.serve("sse")
    url = server.url
    await server.stop()
    with pytest.raises(ConnectError, match="nothing listens there"):
        await lab.connect(url, "alice", protocol=protocol)


@CHATS
async def test_another_server(lab: ModuleType, protocol: str) -> None:
    """A web server without these paths says 404, a raw one what it says to a plain request."""
    for what, status in ((web.Application(), 404), ("websocket", 426)):
        server = await lab.serve(what)
        with pytest.raises(ConnectError, match=f"the server there answers HTTP {status}"):
            await lab.connect(f"http://127.0.0.1:{server.port}/", "alice", protocol=protocol)


@CHATS
@pytest.mark.parametrize(
    ("says", "words"),
    [
        (replies(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), "is not such a chat: "),
        (replies(b"HTTP/1.1 302 Found\r\nLocation: http://x/\r\n\r\n"), "redirects to 'http://x/'"),
        (replies(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"), "answers HTTP 500"),
        (hangs_up, "closes them without an answer"),
    ],
    ids=["a page", "a redirect", "a failure", "a hangup"],
)
async def test_what_answers_otherwise(
    lab: ModuleType, protocol: str, says: Says, words: str
) -> None:
    """The error says what came."""
    async with hostile(says) as (port, _):
        with pytest.raises(ConnectError, match=words):
            await lab.connect(f"http://127.0.0.1:{port}/", "alice", protocol=protocol)


@CHATS
async def test_silence(lab: ModuleType, protocol: str) -> None:
    """It is bounded, and the fault that causes it is named with how far the client came."""
    await lab.fresh(timescale=0.1)
    link = await lab.link(await lab.serve(protocol))
    link.add(BlackHole())
    with pytest.raises(ConnectError, match=r"the request was sent, but.*\(BlackHole\(\)\)"):
        await lab.connect(link, "alice")
