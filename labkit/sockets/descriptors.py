"""Keeping file descriptors free for the learner.

Each connection takes a file descriptor; by default, Linux allows a process 1024 of them and macOS
256. When foreign clients have taken them all, the learner's `import`, `open` or `lab.connect`
fails. So servers and links leave some free when they accept connections.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from collections.abc import Callable, Iterable

SPARE_DESCRIPTORS = 128
"""Descriptors to keep free."""

ACCEPTED_AT_ONCE = 4
"""Connections accepted before one of them is examined: one meaning of asyncio's `backlog`."""

BACKLOG = 128
"""Connections that may wait to be accepted: the other meaning."""

JUDGE_AFTER = 0.1
"""Seconds until it is known whose connection it is. Not scaled."""

FEW_DESCRIPTORS = "hardly any file descriptors are left in this process"
"""The reason shown for a connection that is cut off without an answer."""

_SHORT = (errno.EMFILE, errno.ENFILE)


def is_shortage(error: BaseException | None) -> bool:
    """Return whether an error says that this process or machine has no descriptors left."""
    return isinstance(error, OSError) and error.errno in _SHORT


def lengthen_backlog(listening: Iterable[socket.socket]) -> None:
    """Let `BACKLOG` connections wait at listening sockets.

    asyncio accepts its whole backlog at once, and each connection takes a descriptor before it can
    be refused. So labkit makes servers with a backlog of `ACCEPTED_AT_ONCE`, and lengthens it here.
    """
    if sys.platform != "win32":  # Windows accepts one connection at a time
        for each in listening:
            with each.dup() as same:
                same.listen(BACKLOG)


def keep_descriptors_free(
    transport: asyncio.BaseTransport,
    is_own: Callable[[int], bool],
    cut_off: Callable[[], None],
    keep: Callable[[], None] = lambda: None,
) -> None:
    """Cut off a new connection that takes one of the last descriptors, unless it is the learner's.

    The system always gives the lowest free descriptor, so a high one means that most are taken.

    Parameters
    ----------
    transport
        The transport of the new connection.
    is_own
        Returns whether a client of the bench dialled from a port.
    cut_off
        Cuts the connection off, with a reset: a half-closed one would keep its descriptors.
    keep
        Called if the connection stays: at once, or when it is known to be the learner's.
    """
    sock = transport.get_extra_info("socket")
    most = _most()
    spare = min(SPARE_DESCRIPTORS, most // 4)
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
    asyncio.get_running_loop().call_later(0 if few else JUDGE_AFTER, judge)


if sys.platform == "win32":  # Windows has no such limit

    def _most() -> float:
        return float("inf")

    def allow_descriptors(number: int) -> bool:
        """Let this process have `number` more descriptors; return whether it can."""
        return True

else:
    import resource

    def allow_descriptors(number: int) -> bool:
        """Let this process have `number` more descriptors; return whether it can.

        Each process may raise its limit up to one that the system sets.
        """
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with socket.socket() as lowest_free:
            wanted = lowest_free.fileno() + number + 2 * SPARE_DESCRIPTORS
        if soft == resource.RLIM_INFINITY or wanted <= soft:
            return True
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (ValueError, OSError):  # above the system's limit; macOS has a further one
            return False
        return True

    def _most() -> float:
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return float("inf") if most == resource.RLIM_INFINITY else most
