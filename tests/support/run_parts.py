"""The parts of a delivery run, on a child bench, for tests of each part."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from labkit import bench
from labkit.bench import Bench
from labkit.bench.starting import start_server
from labkit.delivery.history import History
from labkit.links import Link
from labkit.transports.contract import Server


class RunParts(NamedTuple):
    """A child bench with a server, a link of alice's to it, and a history."""

    bench: Bench
    server: Server
    link: Link
    history: History

    def count_connections(self) -> int:
        """Return how many connections pass through the links."""
        return sum(link.connection_count for link in self.bench.all_links())

    def words(self) -> list[str]:
        """Return what was recorded."""
        return [f"{event.client}/{event.connection} {event.words}" for event in self.history]


@asynccontextmanager
async def run_parts(chat: Any) -> AsyncIterator[RunParts]:
    """Serve a chat on a child bench."""
    async with bench.current().child() as child:
        server = await start_server(child, chat)
        server.handler_timeout = 0.05
        link = await child.link(server, "alice", announce=print)
        history = History(3)
        yield RunParts(child, server, link, history)
        history.stop()
