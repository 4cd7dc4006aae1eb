"""A link: a TCP relay between a client and a server that records what passes, and takes faults.

::

    client  <-- downstream --  link  <-- downstream --  server
            --  upstream  -->        --  upstream  -->

Toxiproxy calls a link a *proxy*, each direction of a connection through it, here a *pipe*, a
*link*, and a fault a *toxic*. `pipe.py` says how a byte passes, `labkit/faults/` has them, and
`fault_stage.py` says how they act.

A link knows no protocol, except that one which leads to a server of somebody else's answers
requests that no page may send (`judge`): without it, any site could reach what the link leads to.
It keeps back-pressure (it stops reading from one side while the other does not drain, so its memory
stays bounded), passes on a half-close, and a reset as a reset.
A link accepts TCP by itself, and dials the server by itself: a fault acts on what passes then, and
not on the making of the TCP connection. But a link whose plug is pulled lets nobody in, and a
`LinkFault` decides who has to wait until the server is dialled, and which server that is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

from labkit.faults import Down, Fault, Schedule
from labkit.faults.scope import Where
from labkit.links.connection import Address, LinkConnection
from labkit.links.fault_handle import FaultHandle
from labkit.links.link_faults import LinkFaults
from labkit.links.request_judge import Judge
from labkit.links.schedule_run import ScheduleRun
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
    faults
        What acts on it now; `add` adds a fault.
    """

    def __init__(self, target: Callable[[], Address], name: str) -> None:
        self.target = target
        self.name = name
        self.trace = Trace(name=name)
        self.changes = Observable()
        self.faults = LinkFaults(self)
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
        return self

    @property
    def state(self) -> Literal["whole", "cut", "closed"]:
        """What happens to new connections: they pass, are refused, or find nobody."""
        if self._server is None:
            return "closed"
        return "cut" if self.faults.is_down else "whole"

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
    def damaged(self) -> list[LinkConnection]:
        """The connections on which faults act."""
        return [each for each in self._connections if each.can_be_damaged]

    @property
    def inside(self) -> int:
        """How many connections are let in, as faults may limit it."""
        return sum(each.is_inside for each in self._connections)

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

    def add(
        self,
        fault: Fault,
        direction: Where = "both",
        *,
        probability: float = 1.0,
        seed: int | str | None = None,
        first: int | None = None,
    ) -> FaultHandle:
        """Let a fault act on every connection through the link, those that are open included.

        Faults act in the order in which they were added, those that know messages before those on
        bytes. `say` returns before its bytes reach the link, so a `with` block should also wait for
        what it is about.

        Parameters
        ----------
        fault
            One of `labkit.faults`.
        direction
            "upstream" (client to server), "downstream", or "both".
        probability
            How likely it acts on a connection, or on each message that it selects, from 0 to 1.
        seed
            Makes chance repeatable: connections with the same numbers have the same fate, and so
            have the same messages in each direction of one.
        first
            On how many connections it acts, or on how many messages in each direction; None for
            all.

        Returns
        -------
        FaultHandle
            Its `remove()` takes the fault away, as does the end of a `with` block.

        Raises
        ------
        LabError
            If the link is closed, a value makes no sense, an equal fault acts there already, or a
            connection is open on which this one cannot act.

        Examples
        --------
        ::

            with alice.link.add(Latency(0.3)):
                await alice.say("slow hello")
                await bob.hears("slow hello")
        """
        return self.faults.add(fault, direction, probability=probability, seed=seed, first=first)

    def heal(self, *, after: float = 0.0) -> None:
        """Remove every fault, the plug's too, and stop schedules: what faults hold passes on.

        Parameters
        ----------
        after
            Seconds until then, by the lab's clock; `faults.heals_in` counts them down.
        """
        self.faults.heal(after=after)

    def follow(self, schedule: Schedule) -> ScheduleRun:
        """Let faults come and go as a schedule says, by the clock or at messages, from now on.

        Parameters
        ----------
        schedule
            A `labkit.faults.Schedule`.

        Returns
        -------
        ScheduleRun
            Its `stop()` ends it and removes its faults, as do the end of a `with` block and
            `heal()`; ``await run.until_over()`` waits for its end. `faults` lists what acts.

        Raises
        ------
        LabError
            If the link is closed, or a fault that comes at once cannot act on it. Of one that
            cannot when its time comes, `refused` of the run says why, and the others go on.

        Examples
        --------
        ::

            schedule = Schedule(Step(0, Latency(0.3), seconds=5), Step(2, Reset(), seconds=1))
            with alice.link.follow(schedule) as run:
                await run.until_over()
        """
        return self.faults.follow(schedule)

    def cut(self) -> None:
        """Pull the plug: both sides get a FIN without a close frame, and nobody gets through."""
        if self.state == "whole":
            self.add(Down())

    def reset(self) -> None:
        """Reset every connection (RST to both sides); new ones get through."""
        for connection in self.connections:
            connection.reset()

    def restore(self) -> None:
        """Put the plug back, and nothing else: new connections get through again."""
        self.faults.restore()

    def sweep(self) -> None:
        """Notice resets on sockets from which nobody is reading; asyncio does not."""
        for connection in self.connections:
            connection.sweep()

    async def close(self) -> None:
        """Stop listening and end every connection; faults end with it."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in self.connections:
            connection.close()
        self.faults.heal()
        self.changes.notify()
        await self.changes.until(lambda: not self._connections, within=2)

    async def __aenter__(self) -> Link:
        return await self.open()

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<Link {self.name!r}: {self.state}>"
