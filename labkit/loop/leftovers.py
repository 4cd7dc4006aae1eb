"""What is left over: servers that listen, and failures that nobody heard.

asyncio keeps no list of them, so the objects of the process are asked.
"""

from __future__ import annotations

import asyncio
import gc
import sys


def listening() -> list[asyncio.base_events.Server]:
    """Return the asyncio servers of this process that accept connections."""
    kinds = [asyncio.base_events.Server]
    uvloop = sys.modules.get("uvloop.loop")
    if uvloop is not None:
        kinds.append(uvloop.Server)
    return [found for found in gc.get_objects() if type(found) in kinds and found.is_serving()]


def take_unheard(loop: asyncio.AbstractEventLoop) -> list[BaseException]:
    """Return the errors of gatherings that nobody has awaited, once.

    A notebook keeps what a cell ends with, so ``asyncio.gather(...)`` without `await` never reports
    itself; and what failed in it counts as heard, by the gathering.
    """
    kind = asyncio.tasks._GatheringFuture  # type: ignore[attr-defined]
    failed = [
        found.exception()
        for found in gc.get_objects()
        if type(found) is kind
        and found.get_loop() is loop
        and getattr(found, "_log_traceback", False)
    ]
    return [error for error in failed if not isinstance(error, asyncio.CancelledError)]


def ports(server: asyncio.base_events.Server) -> list[int]:
    """Return the TCP ports on which a server listens."""
    names = (sock.getsockname() for sock in server.sockets)
    return [name[1] for name in names if isinstance(name, tuple)]


class Baseline:
    """What listened at some time, so that what came later can be told from it."""

    def __init__(self) -> None:
        self._known = {id(server) for server in listening()}

    def new_ports(self) -> set[int]:
        """Return the TCP ports on which somebody listens who did not then."""
        new = (server for server in listening() if id(server) not in self._known)
        return {port for server in new for port in ports(server)}
