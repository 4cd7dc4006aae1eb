"""A link that judges requests, before the server behind it gets them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from labkit.links import Link
from labkit.protocols.request_heads import RequestHead, RequestRefused
from labkit.protocols.security_headers import SECURITY_HEADERS
from tests.conftest import soon, turn_loop

GOOD = b"POST / HTTP/1.1\r\nHost: good\r\nContent-Length: 5\r\n\r\nhello"
EVIL = GOOD.replace(b"good", b"evil")


class Behind:
    """A link that judges, and what arrives behind it."""

    def __init__(self) -> None:
        self.arrived = b""
        self.over = 0
        self.ports: list[int | None] = []

    def judge(self, head: RequestHead, port: int | None) -> None:
        """Refuse evil."""
        self.ports.append(port)
        if head.values("Host") == ["evil"]:
            raise RequestRefused(403, "evil may not")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer each chunk with a dot."""
        while chunk := await reader.read(2**16):
            self.arrived += chunk
            writer.write(b".")
        self.over += 1
        writer.close()


@pytest.fixture
async def behind() -> Behind:
    """Note what arrives."""
    return Behind()


@pytest.fixture
async def link(behind: Behind) -> AsyncIterator[Link]:
    """Open a link that judges."""
    server = await asyncio.start_server(behind.serve, "127.0.0.1", 0)
    link = Link(lambda: ("127.0.0.1", server.sockets[0].getsockname()[1]), "link")
    link.judge = behind.judge
    async with link:
        yield link
    server.close()
    await server.wait_closed()


async def test_a_good_request_passes_as_it_is(link: Link, behind: Behind) -> None:
    """Byte by byte, both ways; the judge knows from which port it came."""
    reader, writer = await asyncio.open_connection(link.host, link.port)
    for byte in GOOD:
        writer.write(bytes([byte]))
        await turn_loop()
    await soon(lambda: behind.arrived == GOOD)
    assert (await reader.read(1)) == b"."
    assert link.trace.bytes("upstream") == GOOD
    assert all(record.chunk for record in link.trace if not record.fact)
    assert behind.ports == [writer.get_extra_info("sockname")[1]]
    writer.close()


@pytest.mark.parametrize("before", [b"", GOOD])
async def test_a_bad_request_is_answered_by_the_link(
    link: Link, behind: Behind, before: bytes
) -> None:
    """Nothing of it arrives behind the link or is recorded but why; both sides end."""
    reader, writer = await asyncio.open_connection(link.host, link.port)
    if before:
        writer.write(before)
        assert await reader.readexactly(1) == b"."
    writer.write(EVIL)
    answer = (await asyncio.wait_for(reader.read(), 5)).decode()
    assert answer.startswith("HTTP/1.1 403 Forbidden\r\n")
    assert answer.endswith("\r\n\r\nevil may not\n")
    assert all(f"\r\n{name}: {value}\r\n" in answer for name, value in SECURITY_HEADERS.items())
    await soon(lambda: behind.over == 1 and not link.connection_count)
    assert behind.arrived == before == link.trace.bytes("upstream")
    assert link.trace.facts()[-1] == "refused: evil may not"
    writer.close()


async def test_a_refused_client_may_go_on_sending(link: Link, behind: Behind) -> None:
    """What it sends behind the bad request arrives nowhere, and is refused once."""
    _, writer = await asyncio.open_connection(link.host, link.port)
    for chunk in (EVIL, GOOD, EVIL):
        writer.write(chunk)
        await turn_loop()
    await soon(lambda: behind.over == 1 and not link.connection_count)
    assert behind.arrived == b""
    assert [fact for fact in link.trace.facts() if "refused" in fact] == ["refused: evil may not"]
    writer.close()
