"""A server's token: without it nobody comes, and whoever has the address has it."""

from __future__ import annotations

from types import ModuleType

import pytest
from aiohttp import ClientSession, web

from labkit.exceptions import ConnectError, LabError
from labkit.transports.server_token import (
    checked_token,
    explain_missing_token,
    has_token,
    token_query,
)
from tests.conftest import soon
from tests.support.raw import raw, request
from tests.support.servers import names_of

CHATS = ["websocket", "socketio", "sse", "longpoll", "poll"]

POLL = "socket.io/?EIO=4&transport=polling"


@pytest.mark.parametrize(
    ("target", "has"),
    [
        ("/?token=open-sesame", True),
        ("/a/b?x=1&token=open-sesame", True),
        ("/?token=open%2Dsesame", True),
        ("/", False),
        ("/?token=", False),
        ("/?token=open-sesam", False),
        ("/?token=open-sesame2", False),
        ("/?token=\xf6pen-sesame", False),
        ("/?TOKEN=open-sesame", False),
        ("/?token=open-sesame&token=other", False),
        ("/#?token=open-sesame", False),
        ("/token=open-sesame", False),
        ("//[", False),
    ],
)
def test_what_has_it(target: str, has: bool) -> None:
    """The query, once."""
    assert has_token(target, "open-sesame") == has
    assert has_token(target, "")


def test_what_a_learner_may_want() -> None:
    """A new one, which is another each time, one of their own, or none."""
    assert checked_token(False) == checked_token(None) == token_query("") == ""
    assert checked_token("open-sesame") == "open-sesame"
    assert len(checked_token(True)) >= 20 and checked_token(True) != checked_token(True)


@pytest.mark.parametrize("token", ["short", "with space", "a&token=b", "", 7, "caf\xe9-caf\xe9"])
def test_what_is_no_token(token: object) -> None:
    """What is guessed at once, or does not stand in an address as it is."""
    with pytest.raises(LabError, match="token"):
        checked_token(token)


@pytest.mark.parametrize("what", CHATS)
@pytest.mark.parametrize("way", ["direct", "link"])
async def test_with_it_all_is_as_ever(lab: ModuleType, what: str, way: str) -> None:
    """Clients of the bench have it from the server, or from its link; so does its replacement."""
    await lab.fresh(timescale=0.1)
    server = await lab.serve(what, token=True)
    link = await lab.link(server)
    alice = await lab.connect(server if way == "direct" else link, "alice")
    url = server.url if way == "direct" else link.url
    bob = await lab.connect(url, "bob", protocol=what)
    await alice.say("hello")
    await bob.hears("hello")
    assert server.log_counts.get("refused") is None
    again = await lab.serve(what, token=True)
    assert again.url == server.url
    if what == "websocket":
        await alice.open()
    else:
        await soon(lambda: "alice" in names_of(again), within=10)


@pytest.mark.parametrize("what", CHATS)
async def test_without_it_nobody_comes(lab: ModuleType, what: str) -> None:
    """Neither a client nor a page; each is told why, and the token itself is told nobody."""
    server = await lab.serve(what, token="open-sesame")
    for url in (f"{server.scheme}://127.0.0.1:{server.port}/", server.url.replace("sesame", "x")):
        with pytest.raises(ConnectError, match="token"):
            await lab.connect(url, "mallory", protocol=what)
    async with ClientSession() as session:
        for path in ("", POLL, f"{POLL}&sid=x"):
            async with session.get(f"http://127.0.0.1:{server.port}/{path}") as answer:
                assert answer.status == 403
                assert await answer.text() == f"{explain_missing_token(what)}.\n"
    assert server.connections == []
    assert "open-sesame" not in repr([server, server.log_entries])
    async with raw(server.port) as stranger:
        await stranger.send(request())
        assert " 403 " in await stranger.head()


@pytest.mark.parametrize("what", CHATS)
async def test_the_page_has_it(lab: ModuleType, what: str) -> None:
    """Its address opens the page, which loads what everybody has."""
    server = await lab.serve(what, token="open-sesame")
    async with ClientSession() as session:
        async with session.get(server.page) as answer:
            assert answer.status == 200 and "<title>labkit chat" in await answer.text()
        for script in server.open_paths:
            async with session.get(f"http://127.0.0.1:{server.port}{script}") as answer:
                assert answer.status == 200


async def test_an_application(lab: ModuleType) -> None:
    """Each of its requests needs the token: labkit does not know which of them matter."""

    async def hello(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/page", hello)
    server = await lab.serve(app, token="open-sesame")
    async with ClientSession() as session:
        for query, status in (("", 403), ("?token=open-sesame", 200)):
            async with session.get(f"http://127.0.0.1:{server.port}/page{query}") as answer:
                assert answer.status == status
