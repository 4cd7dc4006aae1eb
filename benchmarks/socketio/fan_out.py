"""One message to a hundred clients, who live in another process, each said after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from benchmarks.crowd import crowd
from benchmarks.fan_out import CLIENTS, deliveries
from benchmarks.socketio.servers import bare as serve_bare
from benchmarks.socketio.servers import hosted as serve_hosted
from benchmarks.socketio.servers import read_alike, relaying
from benchmarks.worker import Measure


@asynccontextmanager
async def _measured(serving: AbstractAsyncContextManager[str]) -> AsyncIterator[Measure]:
    read_alike()
    async with serving as url, crowd(url, CLIENTS, "websocket") as running:
        yield deliveries(running)


def bare() -> AbstractAsyncContextManager[Measure]:
    """Serve the handler with the library alone."""
    return _measured(serve_bare(relaying()))


def hosted() -> AbstractAsyncContextManager[Measure]:
    """Let labkit host the handler."""
    return _measured(serve_hosted(relaying()))
