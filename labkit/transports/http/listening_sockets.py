"""The listening sockets of an aiohttp server: started together, stopped without loss."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import web

from labkit.sockets.descriptors import ACCEPTED_AT_ONCE, lengthen_backlog


async def start_listening(
    library: web.Server, listening: list[asyncio.Server], addresses: list[str], port: int
) -> None:
    """Listen at several addresses on one port: at all of them or, with an OSError, at none.

    The sockets of each address are appended to `listening`.
    """
    loop = asyncio.get_running_loop()
    try:
        for address in addresses:
            made = await loop.create_server(library, address, port, backlog=ACCEPTED_AT_ONCE)
            listening.append(made)
            lengthen_backlog(made.sockets)
    except BaseException:
        while listening:
            listening.pop().close()
        raise


async def stop_listening(listening: list[asyncio.Server]) -> None:
    """Stop accepting connections.

    asyncio loses a connection that it is accepting while its server closes, so it gets a turn of
    the loop before that.
    """
    loop = asyncio.get_running_loop()
    for each in (each for server in listening for each in server.sockets):
        with contextlib.suppress(NotImplementedError):  # on the proactor of Windows
            loop.remove_reader(each.fileno())
    await asyncio.sleep(0)
    while listening:
        listening.pop().close()
