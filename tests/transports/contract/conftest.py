"""The contract of a transport: one suite for all of them, directly and through a shared link.

A new transport is one row of `TRANSPORTS`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import ModuleType

import pytest

from labkit.transports.contract import Client, Server

TRANSPORTS = ("websocket",)

Join = Callable[[str], Awaitable[Client]]


@pytest.fixture(params=TRANSPORTS)
async def server(lab: ModuleType, request: pytest.FixtureRequest) -> Server:
    """Serve the finished chat of each transport."""
    return await lab.serve(request.param)


@pytest.fixture(params=["own link", "shared link"])
async def join(lab: ModuleType, server: Server, request: pytest.FixtureRequest) -> Join:
    """Join people: each on a link of their own, or all through one."""
    target = server if request.param == "own link" else await lab.link(server)

    async def connect(name: str) -> Client:
        client = await lab.connect(target, name)
        await client.hears("Welcome")
        return client

    return connect
