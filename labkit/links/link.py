"""A link: a TCP relay between a client and a server that records what passes and can be broken.

::

    client  <-- downstream --  link  <-- downstream --  server
            --  upstream  -->        --  upstream  -->

Toxiproxy calls a link a *proxy*, and each direction of a connection through it, here a *pipe*, a
*link*. `pipe.py` says how a byte passes.

A link knows no protocol, except that one which leads to a server of somebody else's answers
requests that no page may send (`judge`): without it, any site could reach what the link leads to.
It keeps back-pressure (it stops reading from one side while the other does not drain, so its memory
stays bounded), passes on a half-close, and a reset as a reset.
A link accepts TCP by itself: what it holds back it holds back only after the connection is made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

from labkit.links.connection import Address, LinkConnection
from labkit.links.request_judge import Judge
from labkit.links.side import Side
from labkit.observable import Observable
from labkit.sockets.descriptors import ACCEPTED_AT_ONCE, lengthen_backlog
from labkit.trace import Trace


class Link:
    """A relay in front of one server. Made by `lab.link` and `lab.connect`.

    Parameters
    ----------
    target
        Returns host and port of the server; asked anew for every connection.
    name
        How the link is called on the bench.

    Attributes
    ----------
    trace
        The record of what passed.
    leads_to
        What is behind it: a server's name, or an address.
    scheme
        How addresses begin there: "ws" or "http".
    protocol
        What a server of the bench behind it speaks, "" if somebody else's is there.
    judge
        Judges the heads of requests before they pass; None for a link that passes on all bytes,
        since the server behind it judges.
    is_own_client
        Whether a client of the bench dials from a port.
    state
        "whole", "cut" (connections are refused) or "closed".
    """

    def __init__(self, target: Callable[[], Address], name: str) -> None:
        self.target = target
        self.name = name
        self.trace = Trace(name=name)
        self.changes = Observable()
        self.state: Literal["whole", "cut", "closed"] = "closed"
        self.host = "127.0.0.1"
        self.port = 0
        self.scheme = "ws"
        self.path = "/"
        self.leads_to = "server"
        self.is_own_client: Callable[[int], bool] = lambda port: False
        self.protocol = ""
        self.judge: Judge | None = None
        self._server: asyncio.Server | None = None
        self._opening = asyncio.Lock()
        self._connections: list[LinkConnection] = []
        self._count = 0

    async def open(self) -> Link:
        """Listen on a free port of the loopback interface; an open link stays as it is."""
        async with self._opening:
            if self._server is None:
                loop = asyncio.get_running_loop()
                self._server = await loop.create_server(
                    self._accept, self.host, 0, backlog=ACCEPTED_AT_ONCE
                )
                lengthen_backlog(self._server.sockets)
                self.port = self._server.sockets[0].getsockname()[1]
                self.state = "whole"
        return self

    def _accept(self) -> Side:
        self._count += 1
        connection = LinkConnection(self, self._count)
        self._connections.append(connection)
        return connection.client

    def forget(self, connection: LinkConnection) -> None:
        """Let go of a connection both of whose sides are gone."""
        if connection in self._connections:
            self._connections.remove(connection)
        self.changes.notify()

    @property
    def url(self) -> str:
        """Where to connect to instead of the server: ``ws://127.0.0.1:.../``, or ``http://...``."""
        return f"{self.scheme}://{self.host}:{self.port}{self.path}"

    @property
    def connections(self) -> tuple[LinkConnection, ...]:
        """The connections that pass through the link now, the oldest first."""
        return tuple(self._connections)

    @property
    def connection_count(self) -> int:
        """How many connections pass through the link now."""
        return len(self._connections)

    def port_behind(self, port: int | None) -> int | None:
        """Return from which port the server sees the client that dials the link from `port`."""
        for connection in self._connections:
            if connection.client_port == port:
                return connection.server_port
        return None

    def cut(self) -> None:
        """Pull the plug: both sides get a FIN without a close frame, and nobody gets through."""
        if self.state != "whole":
            return
        self.state = "cut"
        for connection in self.connections:
            connection.cut()
        self.changes.notify()

    def reset(self) -> None:
        """Reset every connection (RST to both sides); new ones get through."""
        for connection in self.connections:
            connection.reset()

    def restore(self) -> None:
        """Put the plug back: new connections get through again."""
        if self.state == "cut":
            self.state = "whole"
            self.changes.notify()

    def sweep(self) -> None:
        """Notice resets on sockets from which nobody is reading; asyncio does not."""
        for connection in self.connections:
            connection.sweep()

    async def close(self) -> None:
        """Stop listening and end every connection."""
        self.state = "closed"
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in self.connections:
            connection.close()
        self.changes.notify()
        await self.changes.until(lambda: not self._connections, within=2)

    async def __aenter__(self) -> Link:
        return await self.open()

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<Link {self.name!r}: {self.state}>"
