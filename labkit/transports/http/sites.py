"""The listening sockets of an aiohttp application: started together, stopped without loss."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import web

from labkit.sockets.descriptors import ACCEPTED_AT_ONCE, lengthen_backlog


async def start_listening(runner: web.AppRunner, addresses: list[str], port: int) -> None:
    """Listen at several addresses on one port: at all of them or, with an OSError, at none."""
    try:
        for address in addresses:
            listening = web.TCPSite(runner, address, port, backlog=ACCEPTED_AT_ONCE)
            await listening.start()
            lengthen_backlog(getattr(listening._server, "sockets", ()))
    except BaseException:
        for site in runner.sites:
            await site.stop()
        raise


async def stop_listening(site: web.BaseSite) -> None:
    """Stop accepting connections.

    asyncio loses a connection that it is accepting while its server closes, so it gets a turn of
    the loop before that.
    """
    loop = asyncio.get_running_loop()
    for listening in getattr(site._server, "sockets", ()):
        with contextlib.suppress(NotImplementedError):  # on the proactor of Windows
            loop.remove_reader(listening.fileno())
    await asyncio.sleep(0)
    await site.stop()
