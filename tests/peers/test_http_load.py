"""Crowds on the chats over plain HTTP: nothing lost, nothing out of order, and idle ones stay."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

import pytest

from labkit.transports.contract import Client, Server
from tests.support.servers import names_of

PEOPLE, TEXTS = 50, 40


@pytest.fixture(params=["sse", "longpoll", "poll"])
async def server(lab: ModuleType, request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    """Serve each of the three with long waits: not the machine's speed is tried here."""
    await lab.fresh(timescale=12)
    yield await lab.serve(request.param, history=PEOPLE * TEXTS)
    await lab.fresh()


async def join(lab: ModuleType, server: Server, count: int, interval: float) -> list[Client]:
    """Connect some people through one link."""
    link = await lab.link(server)
    options: dict[str, Any] = {"interval": interval} if server.protocol == "poll" else {}
    return [await lab.connect(link, f"p{number}", **options) for number in range(count)]


async def speak(client: Client, texts: int) -> None:
    """Say numbered texts, one after the other."""
    for number in range(texts):
        await client.say(f"{client.name} {number}")


async def test_everybody_speaks_at_once(lab: ModuleType, server: Server) -> None:
    """Each text reaches everybody else, once and in its sender's order."""
    people = await join(lab, server, PEOPLE, interval=0.02)
    await asyncio.gather(*(speak(each, TEXTS) for each in people))
    await asyncio.gather(*(each.hears((PEOPLE - 1) * TEXTS + 1, within=10) for each in people))
    for each in people:
        heard: Counter[str] = Counter()
        for text in each.inbox[1:]:
            sender, number = str(text).split()
            assert number == str(heard[sender]), (each.name, text)
            heard[sender] += 1
        assert heard == {other.name: TEXTS for other in people if other is not each}
    assert server.log_counts == {"connected": PEOPLE, "message": PEOPLE * TEXTS}
    await lab.finish()


async def test_two_hundred_who_say_nothing(lab: ModuleType, server: Server) -> None:
    """They stay, whatever way they listen, and what is said reaches all of them."""
    people = await join(lab, server, 200, interval=0.1)
    await asyncio.gather(*(each.hears("Welcome", within=5) for each in people))
    await people[0].say("is anybody there?")
    await asyncio.gather(*(each.hears("is anybody", within=5) for each in people[1:]))
    assert len(names_of(server)) == 200 and {each.state for each in people} == {"open"}
    assert set(server.log_counts) == {"connected", "message"}
    await lab.finish()
