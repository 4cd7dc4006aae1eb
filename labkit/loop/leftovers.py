"""Leftovers: servers that still listen, and failures of `gather` that were never awaited.

asyncio keeps no list of them, so the process's objects are searched.
"""

from __future__ import annotations

import asyncio
import gc
import sys


def find_listening_servers() -> list[asyncio.base_events.Server]:
    """Return the asyncio servers of this process that accept connections."""
    kinds = [asyncio.base_events.Server]
    uvloop = sys.modules.get("uvloop.loop")
    if uvloop is not None:
        kinds.append(uvloop.Server)
    return [found for found in gc.get_objects() if type(found) in kinds and found.is_serving()]


def take_gather_errors(loop: asyncio.AbstractEventLoop) -> list[BaseException]:
    """Return the errors of `asyncio.gather` calls that were never awaited, each one once.

    A notebook keeps the value of a cell's last line, so ``asyncio.gather(...)`` without `await`
    never reports itself; and the tasks in it count as awaited, by the gather.
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


def listening_ports(server: asyncio.base_events.Server) -> list[int]:
    """Return the TCP ports on which a server listens."""
    names = (sock.getsockname() for sock in server.sockets)
    return [name[1] for name in names if isinstance(name, tuple)]


class Baseline:
    """The servers that listened at some time, to find those that were started later."""

    def __init__(self) -> None:
        self._known = {id(server) for server in find_listening_servers()}

    def new_ports(self) -> set[int]:
        """Return the TCP ports of servers that did not listen then."""
        new = (server for server in find_listening_servers() if id(server) not in self._known)
        return {port for server in new for port in listening_ports(server)}
