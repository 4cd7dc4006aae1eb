"""A long way to a server: a link in the kernel, with a latency that is known."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from labkit.clock import clock
from labkit.faults import Latency
from labkit.links import Link
from labkit.links.connection import Address
from labkit.measure.instruments.pairs import Pair

ONE_WAY = 0.025
"""Seconds in each direction. Real ones, whatever the lab's time scale is."""

ROUND_TRIP = 2 * ONE_WAY

TOPOLOGY = (
    "the library's client and the server each in a process of its own, and between them a link in "
    "the notebook's process that delays all bytes by 25 ms in each direction"
)


@asynccontextmanager
async def open_far_links(pairs: Sequence[Pair]) -> AsyncIterator[dict[str, int]]:
    """Open a link with latency to the server of each pair; give the ports by the pairs' names."""
    async with AsyncExitStack() as stack:
        ports = {}
        for pair in pairs:
            link = await stack.enter_async_context(Link(partial(_address_of, pair), pair.name))
            link.add(Latency(ONE_WAY / clock.scale))
            ports[pair.name] = link.port
        yield ports


def _address_of(pair: Pair) -> Address:
    return "127.0.0.1", pair.server.port
