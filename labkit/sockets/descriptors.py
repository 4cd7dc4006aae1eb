"""How many sockets and files this process may still open.

Every connection takes a file descriptor, of which Linux gives a process 1024, and macOS 256, unless
somebody raised that. When strangers have taken them all, it is the learner's own `import`, `open`
or `lab.connect` that fails. So whoever accepts connections leaves some over.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from collections.abc import Callable, Iterable

SPARE = 128
"""Descriptors that are left over."""

AT_ONCE = 4
"""Connections that are accepted before one of them is looked at: asyncio's `backlog`, in part."""

BACKLOG = 128
"""Connections that may wait to be accepted."""

JUDGED_AFTER = 0.1
"""Seconds until it is known from whom a connection is. Not scaled."""

FEW = "hardly any file descriptors are left in this process"
"""Why a connection is cut off without an answer."""

_SHORT = (errno.EMFILE, errno.ENFILE)


def is_shortage(error: BaseException | None) -> bool:
    """Whether an error says that no descriptors are left, in this process or on this machine."""
    return isinstance(error, OSError) and error.errno in _SHORT


def let_more_wait(listening: Iterable[socket.socket]) -> None:
    """Let `BACKLOG` connections wait at sockets that listen.

    asyncio accepts as many at once as may wait, and each takes a descriptor before anything can be
    done about it. So labkit's servers are made with a backlog of `AT_ONCE`, which is lengthened.
    """
    if sys.platform != "win32":  # there, they are accepted one by one
        for each in listening:
            with each.dup() as same:
                same.listen(BACKLOG)


def keep_some_free(
    transport: asyncio.BaseTransport,
    is_own: Callable[[int], bool],
    cut_off: Callable[[], None],
    keep: Callable[[], None] = lambda: None,
) -> None:
    """Cut off a new connection if it takes one of the last descriptors, and is not the learner's.

    The system always gives the lowest that is free, so a high one says that most are taken.

    Parameters
    ----------
    transport
        The connection's, just made.
    is_own
        Whether the learner's own client dialled from a port.
    cut_off
        Cuts the connection off, with a reset: what is half closed keeps its descriptors.
    keep
        Called if it stays: at once, or when it is known to be the learner's.
    """
    sock = transport.get_extra_info("socket")
    most = _most()
    spare = min(SPARE, most // 4)
    if sock is None or sock.fileno() < most - spare:
        keep()
        return

    def judge() -> None:
        if transport.is_closing():
            return
        peer = transport.get_extra_info("peername")
        if peer and is_own(peer[1]):
            keep()
        else:
            cut_off()

    few = sock.fileno() >= most - spare // 2
    asyncio.get_running_loop().call_later(0 if few else JUDGED_AFTER, judge)


if sys.platform == "win32":  # there is no such limit

    def _most() -> float:
        return float("inf")

else:
    import resource

    def _most() -> float:
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return float("inf") if most == resource.RLIM_INFINITY else most
