"""The key of a page's connection, by which each server tells the connection's name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from types import ModuleType
from typing import Any

import aiohttp
import pytest
import socketio
from websockets.asyncio.client import connect

from labkit.protocols.redaction import PAGE_KEY_PARAMETER
from labkit.transports.page_key import split_target
from labkit.transports.pages import chat_page
from tests.conftest import soon
from tests.support.servers import names_of

PROTOCOLS = ["websocket", "socketio", "poll", "longpoll", "sse", "chain"]

KEYS = ["0123456789abcdef", "00000000000000ff"]


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """Give a plain HTTP client."""
    async with aiohttp.ClientSession() as session:
        yield session


async def ask(http: aiohttp.ClientSession, page: str, *keys: str) -> tuple[int, str, str]:
    """Ask for the name of a key, and return status, type and text of what no browser stores."""
    query = "&".join(f"{PAGE_KEY_PARAMETER}={key}" for key in keys)
    async with http.get(f"{page}{'&' if '?' in page else '?'}{query}") as answer:
        if answer.status == 200:
            assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        return answer.status, answer.content_type, (await answer.text()).strip()


def told(name: str) -> tuple[int, str, str]:
    """Return the answer with a name."""
    return 200, "application/json", f'{{"name": "{name}"}}'


async def echo(websocket: Any) -> None:
    """Send back what comes."""
    async for message in websocket:
        await websocket.send(message)


SERVED: dict[str, Callable[[], Any]] = {
    **{name: lambda name=name: name for name in PROTOCOLS},
    "a handler": lambda: echo,
    "an AsyncServer": lambda: socketio.AsyncServer(async_mode="aiohttp"),
}


async def join(lab: ModuleType, server: Any, guests: AsyncExitStack) -> list[str]:
    """Let two guests connect as pages do; return their keys."""
    if server.protocol == "websocket":
        for key in KEYS:
            mark = "&" if "?" in server.url else "?"
            url = f"{server.url}{mark}{PAGE_KEY_PARAMETER}={key}"
            await guests.enter_async_context(connect(url, proxy=None))
        await soon(lambda: server.connection_count == 2)
        return KEYS
    for name in ("alice", "bob"):
        await lab.connect(server, name)
    await soon(lambda: server.connection_count == 2)
    if server.protocol == "socketio":
        return [guest.memberships[0].sid for guest in server.connections]
    return [guest.raw for guest in server.connections]


@pytest.mark.parametrize("token", [False, True], ids=["open", "with a token"])
@pytest.mark.parametrize("what", SERVED)
async def test_a_page_gets_the_name_of_its_connection(
    lab: ModuleType, http: aiohttp.ClientSession, what: str, token: bool
) -> None:
    """Of two, each has its own; asking leaves no trace, and an end is an end."""
    server = await lab.serve(SERVED[what](), name="chat", token=token)
    async with AsyncExitStack() as guests:
        keys = await join(lab, server, guests)
        names, log, changes = names_of(server), server.log_entries, server.log_counts
        for key, name in zip(keys, names, strict=True):
            assert await ask(http, server.page, key) == told(name)
        assert len(set(names)) == 2 and names_of(server) == names
        assert (server.log_entries, server.log_counts) == (log, changes)
        link = await lab.link(server)
        through = server.page.replace(f":{server.port}/", f":{link.port}/")
        assert await ask(http, through, keys[1]) == told(names[1])
        if token:
            status, _, text = await ask(http, server.page.partition("?")[0], keys[0])
            assert status == 403 and names[0] not in text
        async with http.get(
            server.page,
            params={PAGE_KEY_PARAMETER: keys[0]},
            headers={"Origin": "http://evil.example"},
        ) as refused:
            assert refused.status == 403
        for guest in tuple(server.connections):
            await server.disconnect(guest)
        await soon(lambda: not server.connections)
        assert (await ask(http, server.page, keys[0]))[0] == 404


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("keys", "status"),
    [
        (["fedcba9876543210"], 404),
        ([""], 400),
        (["0123456789abcde"], 400),
        (["0123456789abcdef", "0123456789abcdef"], 400),
        (["0123456789abcdef%00"], 400),
        (["0123456789abcd%C3%A9"], 400),
        (["../0123456789abcdef"], 400),
        (["%3Cscript%3E01234567"], 400),
        (["x" * 4000], 400),
    ],
)
async def test_a_key_of_nobody(
    lab: ModuleType, http: aiohttp.ClientSession, protocol: str, keys: list[str], status: int
) -> None:
    """It is refused, not repeated, and makes nobody a guest."""
    server = await lab.serve(protocol)
    answered, kind, text = await ask(http, server.page, *keys)
    assert (answered, kind) == (status, "text/plain")
    assert text in (
        "No connection has this key.",
        "`labkit-page` must be the key of one connection.",
    )
    assert server.connections == []
    assert not (hasattr(server, "room") and server.room.sessions)
    assert all(key not in entry.text for key in keys if key for entry in server.log_entries)


@pytest.mark.parametrize("folder", ["websocket", "socketio/page", *PROTOCOLS[2:]])
def test_the_pages_know_the_parameter(folder: str) -> None:
    """Their script states the key by the name that the servers know."""
    assert f'const PARAMETER = "{PAGE_KEY_PARAMETER}";' in chat_page(folder)


@pytest.mark.parametrize("before", ["/", "/?token=open-sesame&a=%20b~", "/tea?x", "/tea/"])
def test_only_what_a_page_adds_is_removed(before: str) -> None:
    """What a client of the learner's writes in its address stays, whatever it looks like."""
    mark = "&" if "?" in before else "?"
    added = f"{before}{mark}labkit-page=0123456789abcdef"
    assert split_target(added) == (before, "0123456789abcdef")
    for foreign in (
        before,
        f"{before}{mark}page=0123456789abcdef",
        f"{before}{mark}labkit-page=0123456789abcde",
        f"{before}{mark}labkit-page=0123456789ABCDEF",
        f"{before}{mark}labkit-page=0123456789abcdef\n",
        f"{added}0",
        f"{added}&x=1",
        f"{added}#x",
        f"{before}#{mark}labkit-page=0123456789abcdef",
        f"{before}{mark}my-labkit-page=0123456789abcdef",
    ):
        assert split_target(foreign) == (foreign, "")
