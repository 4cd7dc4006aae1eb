"""A server that restarts in the middle of a conversation: a hundred clients come back."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect
from collections import Counter
from functools import partial
from itertools import count
from types import ModuleType
from typing import Any

import pytest

from labkit.exceptions import Disconnected
from labkit.transports.contract import Client
from tests.support.servers import names_of

AWAY = 1.0
"""Seconds for which there is no server."""

SLACK = 0.02
"""Seconds by which an attempt may be early: python-socketio announces hundredths, rounded."""


class Attempts:
    """The attempts of a client to reconnect, by the clock of its link's record.

    Attributes
    ----------
    planned
        When it said that it would try.
    started
        When it tried.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self.planned: list[float] = []
        self.started: list[float] = []
        self._last: tuple[str, float | None] = ("", None)
        client.changes.subscribe(self._look)

    def _look(self) -> None:
        state, retry_at = self.client.state, self.client.retry_at
        if (state, retry_at) != self._last:
            now = time.perf_counter()
            if retry_at is not None:
                self.planned.append(now + retry_at - time.time())
            if state == "connecting":
                self.started.append(now)
        self._last = (state, retry_at)

    def dials(self) -> list[int]:
        """Return how often its link was dialled before the first attempt, and in each of them."""
        first = {each.connection: each.time for each in reversed(list(self.client.link.trace))}
        counts = Counter(bisect(self.started, at) for at in first.values())
        return [counts[number] for number in range(len(self.started) + 1)]


async def talk(clients: list[Client], failed: list[str]) -> None:
    """Let one client after the other say something; keep who could not."""
    for number in count():
        client = clients[number % len(clients)]
        try:
            await client.say(f"text {number}")
        except Disconnected:
            failed.append(client.name)
        await asyncio.sleep(0.01)  # sleeps: people type


@pytest.mark.parametrize(
    ("protocol", "options", "repeats"),
    [
        ("websocket", {}, 1),
        ("socketio", {"transports": ["websocket"]}, 2),  # aiohttp asks again if nobody answers
    ],
)
async def test_a_hundred_clients_come_back(
    lab: ModuleType, protocol: str, options: dict[str, Any], repeats: int
) -> None:
    """All are back within 6 s and talk on, and none dials earlier than its backoff says."""
    server = await lab.serve(protocol)
    clients = [await lab.connect(server, f"p{n}", reconnect=True, **options) for n in range(100)]
    watched = [Attempts(client) for client in clients]
    failed: list[str] = []
    talking = asyncio.create_task(talk(clients, failed))
    await clients[-1].hears("text 50", within=20)
    await server.stop()
    await asyncio.sleep(AWAY)  # sleeps: for how long the server is away
    server = await lab.serve(protocol)
    await asyncio.gather(*(client.changes.until(partial(is_open, client), 6) for client in clients))
    talking.cancel()
    assert [client for client in clients if not is_open(client)] == []
    assert sorted(names_of(server)) == sorted(client.name for client in clients)
    await clients[0].say("we are all back")
    await asyncio.gather(*(client.hears("all back", within=20) for client in clients[1:]))
    assert failed
    for attempts in watched:
        for planned, started in zip(attempts.planned, attempts.started, strict=True):
            assert started >= planned - SLACK, attempts.client
        once, *dials = attempts.dials()
        assert once == 1 and dials, attempts.client
        assert all(1 <= number <= repeats for number in dials), (attempts.client, dials)


def is_open(client: Client) -> bool:
    """Return whether a client is connected."""
    return client.state == "open"
