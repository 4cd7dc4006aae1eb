"""How much is read from a socket at a time: less than asyncio would.

asyncio asks the operating system for up to 256 KiB and sets a buffer of that size aside for each
read. Two things come of it. A stranger's 256 KiB hold 40 000 pings, and nobody else has a turn
until all are answered. And glibc takes memory of that size anew from the system for each read,
however short the message is, which can be half of a round trip's time (`python -m benchmarks`
shows it; with `MALLOC_MMAP_THRESHOLD_` set high, the difference is gone). With 64 KiB both go
away; only messages near 1 MiB get slower.
"""

from __future__ import annotations

import asyncio

CHUNK = 64 * 1024
"""Bytes that one read returns at most."""


def limit_reads(transport: asyncio.BaseTransport) -> None:
    """Let a transport read at most `CHUNK` bytes at a time, where it can be told to.

    The attribute belongs to asyncio's transports of selector loops. Those of the proactor loop,
    which the kernel runs on Windows, have none: their buffer holds 64 KiB.
    """
    if hasattr(transport, "max_size"):
        transport.max_size = CHUNK
