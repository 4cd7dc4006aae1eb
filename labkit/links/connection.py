"""One connection through a link: a client side, a server side, and a pipe each way.

::

    client <--> client side --  upstream  --> server side <--> server
                            <-- downstream --
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal, Protocol

from labkit.clock import clock
from labkit.faults.fault import Act
from labkit.links.link_faults import LinkFaults
from labkit.links.message_lanes import MessageLanes
from labkit.links.pipe import DIALLING, Pipe
from labkit.links.request_judge import Judge, Judging
from labkit.links.side import Side
from labkit.links.stage import Hold
from labkit.observable import Observable
from labkit.protocols.addresses import netloc
from labkit.protocols.stream import FIN, RST, StreamEnd
from labkit.sockets.closing import close_with_fin, close_with_reset
from labkit.sockets.descriptors import FEW_DESCRIPTORS, keep_descriptors_free
from labkit.trace import Direction, Trace
from labkit.untrusted import plain_text

Address = tuple[str, int]
"""A host, and a port."""

DIAL_TIMEOUT = 5
"""Seconds that the server may take to accept, by the clock."""


class Owner(Protocol):
    """The link to which a connection belongs."""

    name: str
    trace: Trace
    changes: Observable
    faults: LinkFaults
    target: Callable[[], Address]
    judge: Judge | None
    is_own_client: Callable[[int], bool]

    @property
    def state(self) -> Literal["whole", "cut", "closed"]:
        """What happens to new connections."""

    def forget(self, connection: LinkConnection) -> None:
        """Let go of a connection both of whose sides are gone."""


class LinkConnection:
    """One client's connection through a link. `link.connections` holds those that live.

    Attributes
    ----------
    number
        Counts the link's connections, from 1; the record has it, too.
    state
        "connecting" while the server is dialled, "open", "closing" once it has ended, and "closed"
        when both sides are gone.
    client, server
        The two sides.
    upstream, downstream
        The two pipes.
    messages
        Where message faults act on it.
    client_port, server_port
        From which port the client dials the link, and the link the server; None before.
    """

    def __init__(self, link: Owner, number: int) -> None:
        self.link = link
        self.number = number
        self.state: Literal["connecting", "open", "closing", "closed"] = "connecting"
        self.client_port: int | None = None
        self.server_port: int | None = None
        self.upstream, self.downstream = self._make_pipe("upstream"), self._make_pipe("downstream")
        self.client = Side(self.upstream, self.downstream, self._on_connected, self._on_lost)
        self.server = Side(self.downstream, self.upstream, self._on_connected, self._on_lost)
        self.messages = MessageLanes(
            {"upstream": self.upstream, "downstream": self.downstream},
            lambda: link.trace.lens.splitter(number),
            self.note,
        )
        judge = link.judge
        if judge is not None:
            judging = Judging(lambda head: judge(head, self.client_port), self._refuse)
            self.upstream.add(judging, before_record=True)
        self._until_open = Hold()
        self.upstream.add(self._until_open, before_record=True)
        self._dialling: asyncio.Task[None] | None = None

    def _make_pipe(self, direction: Direction) -> Pipe:
        return Pipe(self.link.trace, self.number, direction, self.note, self._on_ending_passed)

    def cut(self) -> None:
        """Pull the plug of this connection: both sides get a FIN without a close frame.

        What still waits to be written is lost. The link stays whole, so the client may come back.
        If the connection has ended, it stays as it is.
        """
        self.act(Act.CUT)

    def note(self, fact: str, direction: Direction | Literal[""] = "") -> None:
        """Record a fact about this connection."""
        self.link.trace.note(self.number, fact, direction)
        self.link.changes.notify()

    def act(self, act: Act, why: str = "") -> None:
        """Cut or reset this connection, for a fault."""
        if not self._is_over():
            self._be_over(f"{act.value}: {why}" if why else act.value)
            self._close_both(close_with_fin if act is Act.CUT else close_with_reset)

    def reset(self) -> None:
        """Reset this connection: both sides get an RST. If it has ended, it stays as it is."""
        self.act(Act.RESET)

    def close(self) -> None:
        """End this connection at once, as the link does when it closes.

        If it has ended already, what still waits to be written is lost.
        """
        if not self._is_over():
            self._be_over("closed")
        self._close_both(lambda transport: transport.abort())

    def _refuse(self, why: str, answer: bytes) -> None:
        """Answer a request in the server's place, which gets nothing of it, and end both sides."""
        if self._is_over():
            return
        self._be_over(f"refused: {why}")
        if self.server.connected:
            self.server.transport.close()
        self.client.transport.write(answer)
        self.client.transport.close()

    def _is_over(self) -> bool:
        return self.state in ("closing", "closed")

    @property
    def can_be_damaged(self) -> bool:
        """Whether faults act on it: from when its client is there until it has ended."""
        return self.client_port is not None and not self._is_over()

    def _be_over(self, fact: str = "", direction: Direction | Literal[""] = "") -> None:
        """Nothing passes any more; what the pipes hold is lost."""
        self.state = "closing"
        if fact:
            self.note(fact, direction)
        if self._dialling is not None:
            self._dialling.cancel()
        self.upstream.drop()
        self.downstream.drop()
        self.link.faults.leave(self)

    def _on_connected(self, side: Side) -> None:
        """Dial the server once the client is there, and let bytes pass once the server is."""
        if self._is_over():
            side.transport.abort()
        elif side is self.client:
            self._look_at_client()
        else:
            self.server_port = side.transport.get_extra_info("sockname")[1]
            self.state = "open"
            self.note("opened")
            self.upstream.remove(self._until_open)
            del self._until_open
            self.upstream.resume(DIALLING)

    def _look_at_client(self) -> None:
        transport = self.client.transport
        self.client_port = transport.get_extra_info("peername")[1]
        self.upstream.pause(DIALLING)
        if self.link.state == "cut":
            self.note("refused: the link is cut")
            transport.abort()
            return
        self.link.faults.meet(self)
        keep_descriptors_free(
            transport, self.link.is_own_client, self._cut_off, self._begin_to_dial
        )

    def _cut_off(self) -> None:
        self.note(f"refused: {FEW_DESCRIPTORS}")
        close_with_reset(self.client.transport)

    def _begin_to_dial(self) -> None:
        if self.link.faults.admit(self):
            self.let_in()

    def let_in(self) -> None:
        """Dial the server: no fault makes the client wait any more."""
        self._dialling = asyncio.get_running_loop().create_task(self._dial())

    def _find_server(self) -> Address:
        chosen = self.link.faults.choose_server()
        if chosen is None:
            return self.link.target()
        handle, server = chosen
        self.note(f"leads to {netloc(*server)}: {handle.fault!r}")
        return server

    @property
    def is_inside(self) -> bool:
        """Whether the server is dialled for it, or it is open."""
        return self._dialling is not None and not self._is_over()

    async def _dial(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(clock.seconds(DIAL_TIMEOUT)):
                await loop.create_connection(lambda: self.server, *self._find_server())
        except Exception as error:  # whatever it is: the client must not be left waiting
            self.note(f"refused: {error}")
            close_with_reset(self.client.transport)

    def _on_ending_passed(self, pipe: Pipe, ending: StreamEnd) -> None:
        """Half-close the destination, or reset it; close both sides if that is what it says."""
        transport = pipe.destination.transport
        if ending is RST:
            self._be_over()
            close_with_reset(transport)
        elif ending is FIN:
            pipe.finished = True
            if transport.can_write_eof():
                try:
                    transport.write_eof()
                except OSError:  # the peer has just answered with RST: it closed long ago
                    transport.abort()
            if self.upstream.finished and self.downstream.finished:
                self._close_both(lambda transport: transport.close())
        else:
            self._be_over(ending.fact, pipe.direction)
            self._close_both(lambda transport: transport.close())

    def _close_both(self, close: Callable[[asyncio.Transport], None]) -> None:
        for side in (self.client, self.server):
            if side.connected:
                close(side.transport)

    def _on_lost(self, side: Side, exc: Exception | None) -> None:
        """Send a reset after what was sent before it; end the other side after anything else."""
        pipe = side.source_of
        other = pipe.destination
        if not self._is_over():
            if exc is not None and other.connected:
                side.destination_of.lose_destination()
                pipe.end(RST)
            else:
                self._be_over("closed" if exc is None else "reset", pipe.direction)
                if other.connected:
                    other.transport.close()
        if not (side.connected or other.connected):
            self.state = "closed"
            self.link.forget(self)

    def sweep(self) -> None:
        """Notice resets on sockets from which nobody reads."""
        self.client.sweep()
        self.server.sweep()

    def __repr__(self) -> str:
        return f"<LinkConnection {self.number} of {plain_text(self.link.name)!r}: {self.state}>"
