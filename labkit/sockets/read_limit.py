"""The read limit: the bytes read from a socket at a time, fewer than asyncio reads.

asyncio asks the operating system for up to 256 KiB and allocates a buffer of that size for each
read. This has two effects. 256 KiB hold 40 000 pings, and no other client has a turn until all are
answered. And glibc gets memory of that size from the system again for each read, however short the
message is, which can be half of a round trip's time (`python -m benchmarks` shows it; with
`MALLOC_MMAP_THRESHOLD_` set high, the difference is gone). With 64 KiB both effects vanish; only
messages near 1 MiB get slower.
"""

from __future__ import annotations

import asyncio

READ_LIMIT = 64 * 1024
"""The largest number of bytes that one read returns."""


def limit_reads(transport: asyncio.BaseTransport) -> None:
    """Make a transport read at most `READ_LIMIT` bytes at a time, if it has a limit.

    The attribute belongs to the transports of asyncio's selector loops. Those of the proactor loop,
    which the kernel uses on Windows, have none: their buffer holds 64 KiB.
    """
    if hasattr(transport, "max_size"):
        transport.max_size = READ_LIMIT
