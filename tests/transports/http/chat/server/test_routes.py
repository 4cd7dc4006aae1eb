"""To say something, and to leave."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from types import ModuleType

import pytest
from aiohttp import ClientSession

from labkit.transports.contract import Client, Server
from labkit.transports.settings import MAX_MESSAGE
from tests.support.rooms import ALICE
from tests.support.servers import names_of

TEXT = {"Content-Type": "text/plain"}
BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture
async def server(lab: ModuleType) -> Server:
    """Serve a chat."""
    return await lab.serve("sse")


@pytest.fixture
async def bob(lab: ModuleType, server: Server) -> Client:
    """Let bob listen."""
    bob = await lab.connect(server, "bob")
    await bob.hears("Welcome")
    return bob


@pytest.fixture
async def http(server: Server) -> AsyncIterator[ClientSession]:
    """Give a session of aiohttp's that asks the server."""
    async with ClientSession(server.url) as session:
        yield session


def at(number: object, client: str = ALICE) -> str:
    """Return where to post."""
    return f"/messages?client={client}&number={number}"


async def test_text_and_bytes(http: ClientSession, bob: Client) -> None:
    """By the type of the body; both are answered with nothing but 204."""
    for number, (body, kind) in enumerate([("grüß", TEXT), (b"\xff", BYTES), ("", TEXT)], 1):
        async with http.post(at(number), data=body, headers=kind) as answer:
            assert (answer.status, await answer.read()) == (204, b"")
    assert await bob.hears(3) == ["grüß", b"\xff", ""]


async def test_a_post_that_comes_again(http: ClientSession, bob: Client) -> None:
    """It is answered as the first one, and passed on once."""
    for number in (1, 1, 2):
        async with http.post(at(number), data=f"number {number}", headers=TEXT) as answer:
            assert answer.status == 204
    assert await bob.hears(2) == ["number 1", "number 2"]


async def test_a_proof_of_the_way_up(http: ClientSession, bob: Client, server: Server) -> None:
    """Number 0 says nothing; it may not carry anything."""
    async with http.post(at(0), data="", headers=TEXT) as answer:
        assert answer.status == 204
    async with http.post(at(0), data="x", headers=TEXT) as answer:
        assert answer.status == 400 and "count from 1" in await answer.text()
    assert server.log_counts.get("message") is None


@pytest.mark.parametrize("number", ["", "-1", "x", "1.5", "9" * 16, "\u0661"])
async def test_what_is_no_number(http: ClientSession, number: str) -> None:
    """The error says what it is for."""
    async with http.post(at(number), data="hello", headers=TEXT) as answer:
        assert answer.status == 400 and "count your messages" in await answer.text()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"\xff\xfe", "text/plain", 400),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b"{}", "application/json", 415),
        (b"x" * (MAX_MESSAGE + 1), "text/plain", 413),
    ],
    ids=["not UTF-8", "a form", "JSON", "too large"],
)
async def test_what_is_refused(
    http: ClientSession, server: Server, body: bytes, kind: str, status: int
) -> None:
    """With the status for it, once in the log; the next post is served."""
    async with http.post(at(1), data=io.BytesIO(body), headers={"Content-Type": kind}) as answer:
        assert answer.status == status
    assert server.log_counts == {"refused": 1}
    async with http.post(at(1), data="x" * MAX_MESSAGE, headers=TEXT) as answer:
        assert answer.status == 204


async def test_leaving(lab: ModuleType, http: ClientSession, server: Server, bob: Client) -> None:
    """Whoever is there has left; an id that nobody has does no harm."""
    client = server.connections[0].raw
    async with http.delete("/clients/nobody") as answer:
        assert answer.status == 204
    assert names_of(server) == ["bob"]
    async with http.delete(f"/clients/{client}") as answer:
        assert answer.status == 204
    assert names_of(server) == [] and server.log_entries[-1].text == "client disconnect"
    async with http.post(at(1, client), data="hello", headers=TEXT) as answer:
        assert answer.status == 410 and await answer.text() == "This client has left.\n"
