"""Short polling, as its server sees it."""

from __future__ import annotations

from types import ModuleType

from aiohttp import ClientSession

from tests.support.rooms import ALICE
from tests.support.servers import names_of


async def test_each_poll_is_answered_at_once(lab: ModuleType) -> None:
    """With what is new, or 204; HEAD would take messages that nobody reads."""
    server = await lab.serve("poll")
    async with ClientSession(server.url) as session:
        async with session.get(f"/messages?client={ALICE}") as answer:
            cursor = (await answer.json())["next"]
        async with session.get(f"/messages?client={ALICE}&after={cursor}&wait=20") as answer:
            assert answer.status == 204
        async with session.head(f"/messages?client={ALICE}") as answer:
            assert answer.status == 405
    assert names_of(server) == ["guest 1"]
