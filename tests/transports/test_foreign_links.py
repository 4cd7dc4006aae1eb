"""Links that lead to servers which are not the bench's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import InvalidStatus

from labkit.links import Link
from labkit.protocols.request_heads import RequestHead, RequestRefused
from labkit.transports.foreign_links import foreign_link
from tests.conftest import soon


@pytest.fixture
async def elsewhere() -> AsyncIterator[tuple[str, list[Any]]]:
    """Run a server of somebody else's, which judges nobody; return its address, and who came."""
    came: list[Any] = []

    async def handler(connection: ServerConnection) -> None:
        assert connection.request is not None
        came.append(connection.request.headers)
        await connection.send("internal says hi")
        await connection.wait_closed()

    async with serve(handler, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/", came


@pytest.fixture
async def link(lab: ModuleType, elsewhere: tuple[str, list[Any]]) -> Link:
    """Open a link to it."""
    opened: Link = await lab.link(elsewhere[0])
    return opened


async def says(link: Link, origin: str | None = None, host: str = "") -> str:
    """Return what a peer hears through the link."""
    uri = f"ws://{host or f'127.0.0.1:{link.port}'}/"
    async with connect(
        uri, host=link.host, port=link.port, origin=origin, proxy=None, compression=None
    ) as peer:
        return str(await asyncio.wait_for(peer.recv(), 5))


async def test_who_may_pass(
    link: Link, elsewhere: tuple[str, list[Any]], jupyter_page: str
) -> None:
    """Programs, the page found at the link, and Jupyter's; by its own name or the server's."""
    there = elsewhere[0].removeprefix("ws://").removesuffix("/")
    for origin, host in (
        (None, ""),
        (None, there),
        (None, f"localhost:{link.port}"),
        (f"http://127.0.0.1:{link.port}", ""),
        (f"http://{there}", there),
        (jupyter_page, ""),
    ):
        assert await says(link, origin, host) == "internal says hi"


@pytest.mark.parametrize(
    ("origin", "host", "why"),
    [
        ("http://evil.example", "", "a page of 'http://evil.example' may not connect here"),
        ("http://127.0.0.1:9", "", "a page of 'http://127.0.0.1:9' may not"),
        ("null", "", "a page of 'null' may not"),
        (None, "evil.example", "'evil.example' is not a name of this server"),
        ("http://evil.example", "evil.example", "'evil.example' is not a name of this server"),
    ],
)
async def test_who_may_not(
    link: Link, elsewhere: tuple[str, list[Any]], origin: str | None, host: str, why: str
) -> None:
    """A foreign page gets a 403 of the link's own; the server hears nothing of it."""
    with pytest.raises(InvalidStatus, match="403") as refused:
        await says(link, origin, host)
    assert why in refused.value.response.body.decode()
    assert elsewhere[1] == []
    assert why in " ".join(link.trace.facts())


async def test_clients_of_the_bench_say_what_they_like(
    lab: ModuleType, elsewhere: tuple[str, list[Any]]
) -> None:
    """They are no pages: a server elsewhere may ask for an Origin of its own."""
    alice = await lab.connect(elsewhere[0], "alice", origin="https://app.example")
    assert await alice.hears() == "internal says hi"
    assert [headers["Origin"] for headers in elsewhere[1]] == ["https://app.example"]


async def test_a_link_to_a_server_of_the_bench_judges_nothing(lab: ModuleType) -> None:
    """The server behind it does, and tells of it."""
    server = await lab.serve("websocket")
    link = await lab.link(server)
    with pytest.raises(InvalidStatus, match="403"):
        await says(link, "http://evil.example")
    await soon(lambda: server.log_counts == {"refused": 1})
    assert link.judge is None
    assert "evil.example" in link.trace.rows(kind="request")[0].open().layers[0].raw.decode()


ABROAD = "http://hub.example:8080/app"


def judged(url: str, *, own: bool = False, **headers: str) -> str:
    """Return why a link refuses a request, "" if it passes."""
    link = foreign_link(url, "link", lambda port: own)
    assert link.judge is not None
    try:
        link.judge(RequestHead(tuple(({"Host": "127.0.0.1:4000"} | headers).items())), 1)
    except RequestRefused as refusal:
        assert refusal.status == 403
        return str(refusal)
    return ""


@pytest.mark.parametrize(
    "cookies",
    [
        "username-127-0-0-1-8888=2|1:0|10:17",
        "a=b; _xsrf=2|abc",
        "a=b;jupyterhub-session-id=1",
        "jupyter-hub-token=1",
        "jupyterhub-user-me",
    ],
)
@pytest.mark.parametrize("own", [False, True])
def test_jupyters_cookies_pass_to_no_other_host(cookies: str, own: bool) -> None:
    """They are a login: the sentence says whose they are, where they would go, and what to do."""
    why = judged(ABROAD, own=own, Cookie=cookies)
    assert "carries Jupyter's cookies" in why and f"leads to {ABROAD}" in why
    assert "http://localhost:0/app instead" in why
    assert "2|" not in why
    assert "http://127.0.0.1:0/app" in judged(ABROAD, Cookie=cookies, Host="localhost:4000")
    for here in ("http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/"):
        assert judged(here, Cookie=cookies) == ""


@pytest.mark.parametrize("cookies", ["a=b", "user=jupyter", "my-username-x=1", "", "x_xsrf=1"])
def test_other_cookies_pass(cookies: str) -> None:
    """What a server set for itself goes back to it."""
    assert judged(ABROAD, Cookie=cookies) == ""


def test_the_name_of_what_it_leads_to() -> None:
    """It is a Host that passes, as of a client that dials the link and names the server."""
    assert judged(ABROAD, Host="hub.example:8080") == ""
    assert judged(ABROAD, Host="HUB.example") == ""
    assert "not a name" in judged(ABROAD, Host="other.example")
    assert "may not connect" in judged(ABROAD, Origin="http://hub.example:8080")
