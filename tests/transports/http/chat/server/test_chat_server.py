"""The finished chat over HTTP, whatever the way to listen."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from aiohttp import ClientSession

from labkit.exceptions import LabError
from labkit.transports.http.chat.server.chat_server import ChatServer
from tests.support.rooms import ALICE
from tests.support.servers import names_of, notes

CHATS = pytest.mark.parametrize("protocol", ["sse", "longpoll", "poll"])


@CHATS
async def test_what_it_does_not_serve(lab: ModuleType, protocol: str) -> None:
    """Unknown paths and methods are refused, logged once, and guarded like all others."""
    server = await lab.serve(protocol)
    async with ClientSession(server.url) as session:
        async with session.get("/elsewhere") as answer:
            assert answer.status == 404 and "nosniff" in answer.headers["X-Content-Type-Options"]
        async with session.put("/messages") as answer:
            assert answer.status == 405
        async with session.post("/messages", headers={"Origin": "http://evil.example"}) as answer:
            assert answer.status == 403
    assert [note.split(":")[1].split()[0] for note in notes(server, "refused")] == [
        "404",
        "405",
        "403",
    ]


@CHATS
@pytest.mark.parametrize("history", [0, -1, 1.5, "many", True, None])
async def test_how_much_is_kept(lab: ModuleType, protocol: str, history: Any) -> None:
    """A whole number of messages; other options do not exist."""
    with pytest.raises(LabError, match="`history` must be a number of messages"):
        await lab.serve(protocol, history=history)
    with pytest.raises(LabError, match=r"does not know the option ping_interval"):
        await lab.serve(protocol, ping_interval=5)


async def test_who_speaks_without_listening(lab: ModuleType) -> None:
    """A stranger's post is passed on, and logged as that of a request."""
    server = await lab.serve("poll")
    async with (
        ClientSession(server.url) as session,
        session.post(
            f"/messages?client={ALICE}&number=1", data="hi", headers={"Content-Type": "text/plain"}
        ) as answer,
    ):
        assert answer.status == 204
    assert notes(server, "message") == ["a request: text, 2 characters"]
    assert names_of(server) == []


@CHATS
async def test_it_knows_how_messages_travel(lab: ModuleType, protocol: str) -> None:
    """As its client does."""
    server = await lab.serve(protocol)
    alice = await lab.connect(server, "alice")
    assert [each.transport for each in server.connections] == [alice.transport]


@CHATS
async def test_a_page_needs_nothing_from_elsewhere(lab: ModuleType, protocol: str) -> None:
    """The chat page, with its policy, for browsers."""
    server = await lab.serve(protocol, name="mine")
    async with ClientSession(server.url) as session, session.get("/") as answer:
        assert answer.status == 200 and "<h1>Chat on mine</h1>" in await answer.text()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["poll", "longpoll", "sse", "chain"])
async def test_what_a_chat_is_served_with(lab: ModuleType, name: str) -> None:
    """Its settings reach the server: the history, and the rate of each client; it has no others."""
    server = await lab.serve(name, history=7, messages_per_second=3)
    assert isinstance(server, ChatServer) and server.protocol == name
    assert server.room._most == 7 and server.room._limit.words.startswith("more than 3 ")
    with pytest.raises(LabError, match="does not know the option ping_interval"):
        await lab.serve(name, ping_interval=1)
