"""The sockets that a client dials with `aiohttp`, which keeps them to itself."""

from __future__ import annotations

import contextlib
import socket
from typing import Any
from weakref import WeakSet


class DialledSockets:
    """The sockets of one client: their ports, and one end for all of them.

    Attributes
    ----------
    is_hung_up
        Whether no further one may be dialled.
    """

    def __init__(self) -> None:
        self._sockets = WeakSet[socket.socket]()
        self.is_hung_up = False

    def make(self, address: Any) -> socket.socket:
        """Return a socket to dial an address with, as `socket_factory` of `aiohttp.TCPConnector`.

        Raises OSError after `hang_up`.
        """
        if self.is_hung_up:
            raise OSError("this client has hung up")
        family, kind, protocol, _, _ = address
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        self._sockets.add(made)
        return made

    @property
    def local_ports(self) -> set[int]:
        """The ports from which they dial."""
        return {each.getsockname()[1] for each in self._sockets if each.fileno() >= 0}

    def hang_up(self) -> None:
        """End every connection at once, and dial no new one: aiohttp would repeat a GET."""
        self.is_hung_up = True
        for each in self._sockets:
            if each.fileno() >= 0:
                with contextlib.suppress(OSError):  # it may have ended already
                    each.shutdown(socket.SHUT_RDWR)
