"""A server with a learner's handler, and two people who chat on it whatever strangers do."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

import pytest
from websockets.asyncio.server import broadcast

from labkit.transports.contract import Server
from tests.support.bystanders import Bystanders, bystanders
from tests.support.servers import names_of

MEMORY = 16 * 2**20
"""Bytes that a case may cost at its worst moment, with all that strangers send and people hear."""


@pytest.fixture
def timescale() -> float:
    """Return the factor on every heartbeat and wait."""
    return 0.2


@pytest.fixture
async def server(lab: ModuleType, timescale: float) -> AsyncIterator[Server]:
    """Serve a chat whose handler a learner wrote."""
    await lab.fresh(timescale=timescale)
    people: set[Any] = set()

    async def everybody(websocket: Any) -> None:
        people.add(websocket)
        try:
            async for message in websocket:
                broadcast(people - {websocket}, message)
        finally:
            people.discard(websocket)

    yield await lab.serve(everybody)
    await lab.fresh()


@pytest.fixture(params=["direct", "link"])
async def port(lab: ModuleType, server: Server, request: pytest.FixtureRequest) -> int:
    """Lead strangers to the server itself, or through a link, which changes nothing."""
    return server.port if request.param == "direct" else (await lab.link(server, "strangers")).port


@pytest.fixture
async def chat(
    lab: ModuleType, server: Server, capfd: pytest.CaptureFixture[str]
) -> AsyncIterator[Bystanders]:
    """Let two people chat meanwhile; afterwards nothing is lost, printed or left in memory."""
    async with bystanders(lab, server) as people:
        tracemalloc.start()
        try:
            yield people
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < MEMORY
    assert "".join(capfd.readouterr()) == ""
    assert server.log_counts.get("error") is None
    assert names_of(server) == ["alice", "bob"]
