"""`sys.exit` in a method of a learner's protocol, which would end the loop, and so the kernel.

A transport calls these methods itself, and lets SystemExit out of the loop. Any other exception is
reported, and closes the connection, except on Windows, where some transports go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from labkit.loop.owner import LEARNER, owners
from labkit.loop.task_exit import contain_callback

FACTORY_METHODS = (
    "create_server",
    "create_connection",
    "create_datagram_endpoint",
    "create_unix_server",
    "create_unix_connection",
    "connect_accepted_socket",
    "connect_read_pipe",
    "connect_write_pipe",
    "subprocess_exec",
    "subprocess_shell",
)
"""The loop's methods that make a protocol with their first argument."""

_METHODS = tuple(
    name
    for kind in (
        asyncio.Protocol,
        asyncio.BufferedProtocol,
        asyncio.DatagramProtocol,
        asyncio.SubprocessProtocol,
    )
    for name in dir(kind)
    if not name.startswith("_")
)
"""What transports call of a protocol."""


def contain_protocols(factory: Callable[[], Any]) -> Callable[[], Any]:
    """Return a factory of protocols whose methods, where a learner wrote them, end nothing else."""

    @wraps(factory)
    def make() -> Any:
        protocol = factory()
        for name in _METHODS:
            method = getattr(protocol, name, None)
            code = getattr(method, "__code__", None)
            if method is not None and code is not None and owners[code.co_filename] == LEARNER:
                with suppress(AttributeError):  # it has slots
                    setattr(protocol, name, contain_callback(method, None))
        return protocol

    return make
