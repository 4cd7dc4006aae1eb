"""Long polling, as its server sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import ModuleType

import pytest
from aiohttp import ClientSession

from labkit.transports.contract import Server
from labkit.transports.longpoll import server as module
from tests.conftest import soon
from tests.support.rooms import ALICE
from tests.support.servers import names_of, notes


@pytest.fixture
async def server(lab: ModuleType) -> Server:
    """Serve a chat."""
    return await lab.serve("longpoll")


@pytest.fixture
async def http(server: Server) -> AsyncIterator[ClientSession]:
    """Give a session of aiohttp's that asks the server."""
    async with ClientSession(server.url) as session:
        yield session


async def join(http: ClientSession) -> str:
    """Join, and return where to ask for more."""
    async with http.get(f"/messages?client={ALICE}") as answer:
        return f"/messages?client={ALICE}&after={(await answer.json())['next']}"


async def test_a_poll_is_held(lab: ModuleType, server: Server, http: ClientSession) -> None:
    """Until there is something new, which comes at once."""
    bob = await lab.connect(server, "bob")
    asking = asyncio.create_task(http.get(f"{await join(http)}&wait=20").__aenter__())
    await soon(lambda: server.room.sessions[ALICE].listener)  # type: ignore[attr-defined]
    await bob.say("hello")
    answer = await asyncio.wait_for(asking, 5)
    assert [each["text"] for each in (await answer.json())["messages"]] == ["hello"]
    answer.release()


async def test_a_hold_ends(
    server: Server, http: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After what was asked for, or what the server allows, with 204."""
    where = await join(http)
    async with http.get(f"{where}&wait=0.01") as answer:
        assert answer.status == 204
    monkeypatch.setattr(module, "HOLD", 0.01)
    async with http.get(f"{where}&wait=600") as answer:
        assert answer.status == 204


@pytest.mark.parametrize("wait", ["", "-1", "x", "1e3", "99999", "1.2345", "nan"])
async def test_what_is_no_time(http: ClientSession, wait: str) -> None:
    """It is refused with a sentence."""
    async with http.get(f"/messages?client={ALICE}&wait={wait}") as answer:
        assert answer.status == 400 and "`wait` must be" in await answer.text()


async def test_who_hangs_up_has_left(server: Server, http: ClientSession) -> None:
    """At once: its poll is not held for nobody."""
    asking = asyncio.create_task(http.get(f"{await join(http)}&wait=20").__aenter__())
    await soon(lambda: server.room.sessions[ALICE].listener)  # type: ignore[attr-defined]
    asking.cancel()
    await soon(lambda: names_of(server) == [])
    assert notes(server, "closed") == ["guest 1: transport close"]
