"""What pages and strangers send through a link that leads to a server which judges nobody.

A case is a row of one of the tables; a further one is a further row. Nothing of what is refused
arrives behind the link, the link's record tells of it, and what may pass arrives as it was sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import ModuleType

import pytest

from labkit.links import Link
from tests.conftest import soon
from tests.support.raw import TEXT, frame, raw, request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


class Internal:
    """A server that answers whatever comes, and keeps it."""

    def __init__(self) -> None:
        self.arrived = b""
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer each chunk."""
        while chunk := await reader.read(2**16):
            self.arrived += chunk
            writer.write(OK)
        writer.close()


@pytest.fixture
async def internal() -> AsyncIterator[Internal]:
    """Run the server."""
    server = Internal()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    yield server
    listening.close()
    await listening.wait_closed()


@pytest.fixture
async def link(lab: ModuleType, internal: Internal) -> Link:
    """Lead a link there."""
    opened: Link = await lab.link(f"http://127.0.0.1:{internal.port}/")
    return opened


def asks(*headers: str, line: str = "GET /secret HTTP/1.1", host: str = "127.0.0.1") -> bytes:
    """Return a request without an upgrade."""
    return "\r\n".join([line, f"Host: {host}", *headers, "", ""]).encode("latin-1")


EVIL = "Origin: http://evil.example"
POST = "POST /secret HTTP/1.1"

REFUSED = {
    "a fetch of a foreign page": (asks(EVIL), 403, "evil.example"),
    "a page of another port": (asks("Origin: http://127.0.0.1:9"), 403, "127.0.0.1:9'"),
    "a page without an origin": (asks("Origin: null"), 403, "'null'"),
    "a WebSocket of a foreign page": (request(EVIL), 403, "evil.example"),
    "a form of a foreign page": (
        asks(EVIL, "Content-Length: 3", line=POST) + b"a=b",
        403,
        "evil.example",
    ),
    "a preflight": (asks(EVIL, line="OPTIONS /secret HTTP/1.1"), 403, "evil.example"),
    "a script": (asks("Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: script"), 403, "'null'"),
    "a picture": (
        asks("Sec-Fetch-Site: same-site", "Referer: http://127.0.0.1:9/x"),
        403,
        "127.0.0.1:9'",
    ),
    "a frame": (asks("Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: iframe"), 403, "'null'"),
    "a name bound to this machine": (asks(host="evil.example"), 403, "not a name of this server"),
    "its page as well": (asks(EVIL, host="evil.example"), 403, "not a name of this server"),
    "a host with a fragment": (asks(host="127.0.0.1#evil"), 403, "not a name of this server"),
    "a target elsewhere": (
        asks(line="GET http://127.0.0.1/ HTTP/1.1", host="evil.example"),
        403,
        "not a name of this server",
    ),
    "two hosts": (asks("Host: 127.0.0.1"), 400, "Host"),
    "two origins": (asks(EVIL, "Origin: http://127.0.0.1"), 400, "at most one Origin"),
    "no host, in an old HTTP": (b"GET /secret HTTP/1.0\r\n\r\n", 400, "one Host header"),
    "a new HTTP": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "one Host header"),
    "what is no HTTP": (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400, "cannot be read"),
    "a head without end": (asks("X: " + "a" * 2**17)[:-4], 431, "cannot be read"),
    "a body that is hidden": (
        asks("Content-Length: 3", "Transfer-Encoding: x", line=POST) + b"a=b",
        501,
        "cannot be read",
    ),
}

PASSES = {
    "a program": asks(),
    "the page at the link": asks("Origin: http://127.0.0.1:{port}", host="127.0.0.1:{port}"),
    "what it embeds": asks("Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: script"),
    "an address that a person typed": asks("Sec-Fetch-Site: none", "Sec-Fetch-Dest: document"),
    "a form with a body": asks("Content-Length: 3", line=POST) + b"a=b",
    "odd spellings": asks("x-a:  b ", "X-A:c", line="get /A%20b HTTP/1.1"),
    "a WebSocket": request() + frame(TEXT, b"hello"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused(link: Link, internal: Internal, name: str) -> None:
    """The link answers in the server's place, which hears nothing; what passed before, passed."""
    sends, status, noted = REFUSED[name]
    for before in (b"", asks(), request()):  # the last is an upgrade that the server refuses
        internal.arrived = b""
        async with raw(link.port) as stranger:
            if before:
                await stranger.send(before)
                assert await stranger.reader.readexactly(len(OK)) == OK
            await stranger.send(sends)
            answer = await asyncio.wait_for(stranger.rest(), 5)
        assert int(answer.split()[1]) == status
        await soon(lambda: not link.connection_count)
        assert internal.arrived == before
        assert noted in link.trace.facts()[-1]


@pytest.mark.parametrize("name", PASSES)
async def test_what_passes(link: Link, internal: Internal, name: str) -> None:
    """It arrives byte by byte as it was sent, however it was cut."""
    sends = PASSES[name].replace(b"{port}", str(link.port).encode())
    for size in (1, 7, len(sends)):
        internal.arrived = b""
        async with raw(link.port) as program:
            await program.send(*(sends[at : at + size] for at in range(0, len(sends), size)))
            await soon(lambda: internal.arrived == sends)
    assert not [fact for fact in link.trace.facts() if "refused" in fact]


async def test_a_flood_of_refusals(link: Link, internal: Internal) -> None:
    """A page that tries a thousand times leaves nothing open, and harms nobody else."""
    async with raw(link.port) as program:
        for _ in range(50):
            strangers = [asyncio.ensure_future(_refused(link.port)) for _ in range(20)]
            await program.send(asks())
            assert await program.reader.readexactly(len(OK)) == OK
            assert all(b" 403 " in answer for answer in await asyncio.gather(*strangers))
    await soon(lambda: not link.connection_count)
    assert internal.arrived == asks() * 50


async def _refused(port: int) -> bytes:
    async with raw(port) as stranger:
        await stranger.send(request(EVIL))
        return await asyncio.wait_for(stranger.rest(), 10)
