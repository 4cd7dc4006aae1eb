"""What still listens in this process: asyncio keeps no list, so the objects are asked."""

from __future__ import annotations

import asyncio
import gc


def listening() -> list[asyncio.base_events.Server]:
    """Return the asyncio servers of this process that accept connections."""
    return [
        found
        for found in gc.get_objects()
        if type(found) is asyncio.base_events.Server and found.is_serving()
    ]


def ports(server: asyncio.base_events.Server) -> list[int]:
    """Return the TCP ports on which a server listens."""
    names = (sock.getsockname() for sock in server.sockets)
    return [name[1] for name in names if isinstance(name, tuple)]
