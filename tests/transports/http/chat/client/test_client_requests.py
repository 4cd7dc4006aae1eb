"""The requests of one client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest
from aiohttp import web

from labkit.transports.http.chat.client import client_requests as module
from labkit.transports.http.chat.client.client_requests import Requests
from labkit.transports.http.chat.client.failed_request import Failed
from tests.conftest import soon
from tests.support.hostile import Peer, Says, hostile, replies

Ask = Callable[[Says], Awaitable[Requests]]

STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
async def ask(lab: ModuleType) -> AsyncIterator[Ask]:
    """Make requests to a server that may say anything."""
    opened: list[Any] = []

    async def make(says: Says) -> Requests:
        server = hostile(says)
        port, asked = await server.__aenter__()
        link = await lab.link(f"http://127.0.0.1:{port}/in/there?token=x")
        requests = Requests(link, link.leads_to)
        opened.append((server, requests))
        requests.asked = asked  # type: ignore[attr-defined]
        return requests

    yield make
    for server, requests in opened:
        await requests.close()
        await server.__aexit__(None, None, None)


def says_json(body: bytes) -> Says:
    """Return what a server does that answers with a body."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return replies(head % len(body) + body)


async def test_what_is_asked(ask: Ask) -> None:
    """The base's path and query are kept; the Host is the server's, not the link's."""
    heads: list[str] = []

    async def says(peer: Peer) -> None:
        heads.append(await peer.request())
        await peer.tell('{"a": 1}')

    requests = await ask(says)
    assert await requests.fetch("/messages", {"after": "a b"}, 5) == {"a": 1}
    assert heads[0].startswith("GET /in/messages?after=a+b&token=x HTTP/1.1\r\n")
    assert f"Host: {requests._host}\r\n" in heads[0]
    assert requests.local_ports != set()


@pytest.mark.parametrize(
    ("says", "reason", "words"),
    [
        (replies(b""), "transport error", "the connection broke"),
        (says_json(b"hello"), "transport error", "the answer is not JSON"),
        (says_json(b"[" * 100_000), "transport error", "the answer is not JSON"),
        (replies(b"hello\r\n\r\n"), "transport error", "the connection broke"),
        (
            replies(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"),
            "transport error",
            "the answer broke off",
        ),
        (
            replies(b"HTTP/1.1 503 Oh\r\nContent-Length: 5\r\n\r\nstops"),
            "transport close",
            "HTTP 503",
        ),
    ],
    ids=["hangup", "no JSON", "too deep", "no HTTP", "half an answer", "refusal"],
)
async def test_how_a_request_fails(ask: Ask, says: Says, reason: str, words: str) -> None:
    """Whatever comes instead of an answer is a failure with a reason."""
    requests = await ask(says)
    with pytest.raises(Failed, match=words) as caught:
        await requests.fetch("/messages", {}, 5)
    assert caught.value.reason == reason


async def test_a_request_is_sent_once(ask: Ask) -> None:
    """The library would send a GET again when its connection breaks, and nobody would know."""

    async def says(peer: Peer) -> None:
        await peer.request()
        await peer.tell("1")
        await peer.request()  # over the same connection, which breaks now

    requests = await ask(says)
    assert await requests.fetch("/messages", {}, 5) == 1
    with pytest.raises(Failed, match="the connection broke"):
        await requests.fetch("/messages", {}, 5)
    assert len(requests.asked) == 2  # type: ignore[attr-defined]


async def test_an_answer_that_does_not_come(ask: Ask) -> None:
    """It is waited for as long as was said."""

    async def says(peer: Peer) -> None:
        await peer.request()
        await peer.request()

    requests = await ask(says)
    with pytest.raises(Failed, match="no answer came in time") as caught:
        await requests.fetch("/messages", {}, 0.05)
    assert caught.value.reason == "ping timeout"


async def test_an_answer_that_is_too_long(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not read to its end."""
    monkeypatch.setattr(module, "MAX_BODY", 2**20)
    requests = await ask(says_json(b"x" * (2**20 + 1)))
    with pytest.raises(Failed, match="more than 1 MiB"):
        await requests.fetch("/messages", {}, 5)


async def test_a_stream(ask: Ask) -> None:
    """Its pieces come as they are sent, until the server ends it."""

    async def says(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
        await peer.send(b"Connection: close\r\n\r\ndata: 1\n\n")

    requests, got = await ask(says), b""
    with pytest.raises(Failed, match="the server ended the stream") as caught:
        async with requests.stream("/events", {}, STREAM, 5) as pieces:
            async for piece in pieces:
                got += piece
    assert (got, caught.value.reason) == (b"data: 1\n\n", "transport close")


async def test_a_stream_that_falls_silent(ask: Ask) -> None:
    """Before its first byte or after it."""

    async def says(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        await peer.request()

    requests, got = await ask(says), []
    with pytest.raises(Failed, match="the stream was silent") as caught:
        async with requests.stream("/events", {}, STREAM, 0.05) as pieces:
            got += [piece async for piece in pieces]
    assert caught.value.reason == "ping timeout"


async def test_what_is_no_stream(ask: Ask) -> None:
    """A page is not taken for one."""
    requests = await ask(replies(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
    with pytest.raises(Failed, match="the answer is application/octet-stream"):
        async with requests.stream("/events", {}, STREAM, 5):
            pass


async def test_the_ports_are_known_while_it_dials(lab: ModuleType) -> None:
    """So a server knows a client of the bench by its first request."""
    seen: list[set[int]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(requests.local_ports)
        return web.json_response(1)

    app = web.Application()
    app.router.add_get("/messages", answer)
    link = await lab.link(await lab.serve(app))
    requests = Requests(link, link.url)
    await requests.fetch("/messages", {}, 5)
    assert len(seen[0]) == 1
    await requests.close()
    await soon(lambda: not requests.local_ports)
