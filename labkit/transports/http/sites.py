"""The sockets at which an application of aiohttp's listens: begun together, ended without loss."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import web

from labkit.sockets.descriptors import ACCEPTED_AT_ONCE, lengthen_backlog


async def start_listening(runner: web.AppRunner, addresses: list[str], port: int) -> None:
    """Listen on a port of several addresses, at all of them or, with an OSError, at none."""
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
    """Accept nobody any more.

    asyncio loses a connection whose acceptance is under way while its server closes; so it is given
    a turn between the two.
    """
    loop = asyncio.get_running_loop()
    for listening in getattr(site._server, "sockets", ()):
        with contextlib.suppress(NotImplementedError):  # on the proactor of Windows
            loop.remove_reader(listening.fileno())
    await asyncio.sleep(0)
    await site.stop()
