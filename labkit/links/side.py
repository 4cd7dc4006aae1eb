"""A side of a connection through a link: the link's socket to the client, or to the server.

It is an asyncio protocol rather than a pair of streams, which cost a task switch per chunk.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable
from typing import cast

from labkit.links.pipe import ENDED, FULL, Pipe
from labkit.links.stage import HIGH_WATER
from labkit.protocols.stream import FIN
from labkit.sockets.closing import close_with_reset
from labkit.sockets.read_limit import limit_reads


class Side(asyncio.Protocol):
    """One side of a connection through a link.

    Parameters
    ----------
    source_of, destination_of
        The pipe that carries what is read here, and the one that writes here.
    on_connected
        Called with the side when the peer is there.
    on_lost
        Called with the side when the peer is gone, and with the reason unless it was a FIN.

    Attributes
    ----------
    connected
        Whether there is a connection to the peer now.
    transport
        That connection.
    """

    transport: asyncio.Transport

    def __init__(
        self,
        source_of: Pipe,
        destination_of: Pipe,
        on_connected: Callable[[Side], None],
        on_lost: Callable[[Side, Exception | None], None],
    ) -> None:
        self.source_of = source_of
        self.destination_of = destination_of
        source_of.source = destination_of.destination = self
        self.data_received = source_of.receive  # type: ignore[method-assign]  # a call less a chunk
        self.connected = False
        self._on_connected = on_connected
        self._on_lost = on_lost
        self._unseen: Exception | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to read, in chunks that leave the others a turn."""
        self.transport = transport = cast("asyncio.Transport", transport)  # uvloop's is not one
        self.connected = True
        transport.set_write_buffer_limits(high=HIGH_WATER)
        limit_reads(transport)
        self._on_connected(self)

    def eof_received(self) -> bool:
        """Give the pipe a FIN, and stay open for writing."""
        if not self.source_of.paused & ENDED:  # a proactor may report it twice after a pause
            self.source_of.end(FIN)
        return True

    def pause_writing(self) -> None:
        """Let the pipe wait until this side drains."""
        self.destination_of.pause(FULL)

    def resume_writing(self) -> None:
        """Let the pipe go on."""
        self.destination_of.resume(FULL)

    def connection_lost(self, exc: Exception | None) -> None:
        """Report that the peer is gone."""
        self.connected = False
        self._on_lost(self, exc or self._unseen)

    def sweep(self) -> None:
        """Notice a reset while nobody reads, which asyncio does not.

        Windows has no poll(): there a reset is noticed as soon as the link reads on.
        """
        if self.connected and self.source_of.paused and hasattr(select, "poll"):
            poll = select.poll()
            poll.register(self.transport.get_extra_info("socket").fileno(), 0)
            if any(events & select.POLLERR for _, events in poll.poll(0)):
                self._unseen = ConnectionResetError()
                close_with_reset(self.transport)
