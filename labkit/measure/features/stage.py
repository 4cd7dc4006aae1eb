"""Where a feature is tested: its server, its clients, and what they hear, on a bench of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from types import ModuleType
from typing import Any

from labkit import bench
from labkit.bench import Bench
from labkit.bench.starting import start_server
from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.faults import Fault
from labkit.links import Link
from labkit.measure.features.sources import find_served
from labkit.observable import Observable
from labkit.transports.contract import Server

PATIENCE = 5.0
"""Seconds (scaled) within which something has to happen."""

PAUSE = 0.02
"""Seconds (scaled) between two attempts to be heard."""

PROBE = "probe"
"""A text that is said until it is heard."""


class Broken(LabError):
    """A feature does not do what it has to."""


class Heard:
    """What a client was called with; a single argument is kept as it is, several as a tuple."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.is_reached = False
        self.changes = Observable()

    def __call__(self, *arguments: Any) -> None:
        """Keep it; of a probe, only that it came."""
        if arguments[-1] == PROBE:
            self.is_reached = True
        else:
            self.items.append(arguments if len(arguments) > 1 else arguments[0])
        self.changes.notify()

    async def hear_probe(self, say: Callable[[str], Awaitable[Any]]) -> None:
        """Let somebody say a probe until it is heard."""
        self.is_reached = False
        while not self.is_reached:
            await say(PROBE)
            await self.changes.until(lambda: self.is_reached, PAUSE)

    async def expect(self, *items: Any) -> None:
        """Wait until these have been heard, in this order, and nothing else.

        Raises
        ------
        Broken
            If something else was heard, or the time is up.
        """
        await self.changes.until(lambda: len(self.items) >= len(items), PATIENCE)
        if self.items != list(items):
            raise Broken(f"a client should have got {list(items)}, and got {self.items}")


class Stage:
    """A running server of a feature, and those who are connected to it.

    Parameters
    ----------
    child
        The bench on which it runs.
    module
        What the feature's file defines.
    server
        The running server.
    """

    def __init__(self, child: Bench, module: ModuleType, server: Server) -> None:
        self._child = child
        self._make_client = module.Client
        self._server = server
        self._stack = AsyncExitStack()

    async def link(self, *faults: Fault) -> Link:
        """Open a link to the server, on which faults act."""
        link = await self._child.link(self._server, None, announce=print)
        for fault in faults:
            link.add(fault)
        return link

    async def connect(self, *arguments: Any, link: Link | None = None) -> Any:
        """Connect a client, which is made with `arguments`, through a link."""
        client = self._make_client(*arguments)
        await client.connect((link or await self.link()).url)
        self._stack.push_async_callback(client.close)
        return client

    @staticmethod
    async def reach(say: Callable[[str], Awaitable[Any]], *hearers: Heard) -> None:
        """Say a probe until all have heard one: when `connect` returns, none is promised to.

        Raises
        ------
        Broken
            If one does not in time.
        """
        try:
            async with asyncio.timeout(clock.seconds(PATIENCE)):
                for hearer in hearers:
                    await hearer.hear_probe(say)
        except TimeoutError as error:
            raise Broken("a client hears nothing") from error

    async def end(self) -> None:
        """Close the clients."""
        await self._stack.aclose()


@asynccontextmanager
async def open_stage(module: ModuleType) -> AsyncIterator[Stage]:
    """Serve a feature for a time.

    Raises
    ------
    Broken
        At the end, if something failed in the background.
    """
    async with bench.current().child("a feature") as child:
        stage = Stage(child, module, await start_server(child, find_served(module)))
        try:
            yield stage
        finally:
            await stage.end()
    errors = child.monitor.background_errors.pending_errors()
    if errors:
        raise Broken(f"something failed in the background: {errors[0]}")
