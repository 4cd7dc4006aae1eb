"""The sockets at which an application of aiohttp's listens."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from labkit.transports.http.sites import start_listening, stop_listening


@pytest.fixture
async def runner() -> AsyncIterator[web.AppRunner]:
    """Give a runner of an empty application."""
    runner = web.AppRunner(web.Application(), shutdown_timeout=0.05)
    await runner.setup()
    yield runner
    await runner.cleanup()


async def test_all_or_none(runner: web.AppRunner) -> None:
    """Where one address cannot be had, nobody listens at the others."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="address already in use"):
            await start_listening(runner, ["127.0.0.2", "127.0.0.1"], port)
    assert not runner.sites


async def test_many_may_wait(runner: web.AppRunner) -> None:
    """Few are accepted at once, and none of those who come together is turned away."""
    await start_listening(runner, ["127.0.0.1"], 0)
    waiting = [socket.create_connection(runner.addresses[0][:2], timeout=0.5) for _ in range(100)]
    (site,) = runner.sites
    await stop_listening(site)
    assert not runner.sites
    for each in waiting:
        each.close()
