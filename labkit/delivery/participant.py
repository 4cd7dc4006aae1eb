"""Somebody who takes part in a run: a name, a link that is cut and restored, and what dials it."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from labkit.delivery.history import History
from labkit.faults import AtMessage, Down, Schedule, Step
from labkit.links import Link
from labkit.links.schedule_run import ScheduleRun
from labkit.protocols.directions import Direction
from labkit.transports.contract import Server

SETTLE = 0.25
"""Seconds (scaled) that a link and its client get to notice that it was cut, at most."""

NOTICED = 40
"""Turns of the loop in which a server notices the end of a connection; a raw one takes about six.
Each turn looks at all sockets, so this does not depend on how busy the machine is."""

PASSES = 100
"""Turns of the loop in which a message passes its link, also if its sender connects first."""

TURNS = 5
"""Turns of the loop in which a handler that has noticed it may clean up."""


class Dialler(ABC):
    """What dials for a participant: a client of labkit's, or the learner's own code.

    Parameters
    ----------
    name
        Whose connections these are.
    link
        The link that it dials.
    history
        Where it records them.
    hears, can_say
        Whether what it hears is recorded, and whether it says things for the participant.

    Attributes
    ----------
    number
        The connection that is open now, or was last.
    has_joined, has_ever_joined
        Whether something was heard on it, so that the server must know the client; and whether
        something was heard on any of them.
    probes
        The texts that it heard of those that are not recorded.
    errors
        What went wrong in the learner's own code, a sentence each.
    records_ends
        Whether the end of a connection is recorded; not once the steps are over and only late
        messages are waited for.
    """

    def __init__(
        self, name: str, link: Link, history: History, *, hears: bool, can_say: bool
    ) -> None:
        self.hears = hears
        self.can_say = can_say
        self.name = name
        self.link = link
        self.history = history
        self.number = 0
        self.has_joined = self.has_ever_joined = False
        self.probes: list[str] = []
        self.errors: list[str] = []
        self.records_ends = True

    @property
    @abstractmethod
    def is_open(self) -> bool:
        """Whether it is connected."""

    @property
    def can_speak(self) -> bool:
        """Whether it may say something now."""
        return self.can_say and self.is_open

    @property
    def is_idle(self) -> bool:
        """Whether nothing that it was to say waits, or is under way."""
        return True

    @abstractmethod
    async def until_closed(self, within: float) -> None:
        """Wait until it has noticed that its link was cut, at most some seconds (scaled)."""

    @abstractmethod
    async def come(self) -> None:
        """Connect, for the first time or again."""

    @abstractmethod
    async def say(self, message: str) -> None:
        """Say a message, which is recorded, by its id."""

    @abstractmethod
    async def probe(self, text: str) -> None:
        """Say a probe or a barrier, which is not recorded."""

    async def until_said(self) -> None:  # noqa: B027
        """Wait until nothing that it was to say is under way, unless its link is cut."""

    @abstractmethod
    async def end(self) -> None:
        """End what runs of it; the bench closes connections."""

    def _heard(self, number: int, what: object) -> None:
        if not self.hears:
            return
        if not self.history.hear(self.name, number, what):
            self.probes.append(str(what))
        if number == self.number:
            self.has_joined = self.has_ever_joined = True

    def _over(self, number: int, by_client: bool) -> None:
        """Record the end of a connection, unless the run is about to end."""
        if not self.records_ends:
            return
        is_fault = self.link.state == "cut"
        self.history.end(
            self.name, number, "fault" if is_fault else "client" if by_client else "server"
        )


class Participant:
    """One client of a run.

    Parameters
    ----------
    link
        Its link, whose name is the client's.
    server
        The server behind it.
    count_connections
        Returns how many connections pass through all links of the run.
    diallers
        What dials its link.
    """

    def __init__(
        self,
        link: Link,
        server: Server,
        count_connections: Callable[[], int],
        diallers: Sequence[Dialler],
    ) -> None:
        self.name = link.name
        self.link = link
        self.diallers = diallers
        self._server = server
        self._count_connections = count_connections
        self._armed: ScheduleRun | None = None
        self._way: Direction = "upstream"
        self._is_settled = True

    @property
    def is_open(self) -> bool:
        """Whether all of it is connected."""
        return all(each.is_open for each in self.diallers)

    @property
    def speaker(self) -> Dialler | None:
        """What says things for it, None if nothing does."""
        return next((each for each in self.diallers if each.can_say), None)

    @property
    def listener(self) -> Dialler | None:
        """What hears for it, None if nothing does."""
        return next((each for each in self.diallers if each.hears), None)

    async def come(self) -> None:
        """Connect for the first time."""
        for each in self.diallers:
            await each.come()

    async def say(self, message: str) -> None:
        """Say a message; if that is what pulls the plug, wait until both ends have noticed."""
        if self.speaker is not None:
            await self.speaker.say(message)
        if self._way == "upstream":
            await self._until_cut()
        await self.settle()

    async def until_said(self) -> None:
        """Wait until what it was to say before is said, so that a fault comes behind it."""
        for each in self.diallers:
            await each.until_said()

    async def cut(self) -> None:
        """Pull the plug now."""
        self.disarm()
        if self.link.state == "whole":
            self._is_settled = False
            self.link.cut()
        await self.settle()

    def cut_at_message(self, direction: Direction) -> None:
        """Pull the plug when the link sees the next message."""
        self.disarm()
        if self.link.state == "whole":
            self._is_settled = False
            self._way = direction
            self._armed = self.link.follow(Schedule(Step(AtMessage(1, direction), Down())))

    def disarm(self) -> None:
        """Let no message pull the plug any more; one that is pulled stays so."""
        armed, self._armed = self._armed, None
        if armed is not None and armed.is_running:
            armed.stop()

    async def _until_cut(self) -> None:
        """If a message is to pull the plug, wait until one does; go on if none comes."""
        for _ in range(PASSES):
            if self._armed is None or self.link.state == "cut":
                break
            await asyncio.sleep(0)

    async def settle(self) -> None:
        """If the plug was pulled, wait until both ends have noticed and the handler had turns."""
        if self._is_settled or self.link.state != "cut":
            return
        self._is_settled = True
        await self.link.changes.until(lambda: not self.link.connections, SETTLE)
        for each in self.diallers:
            await each.until_closed(SETTLE)
        # a server that has more connections than there are on links has not noticed yet, or its
        # handler waits for something else
        for _ in range(NOTICED):
            if self._server.connection_count <= self._count_connections():
                break
            await asyncio.sleep(0)
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def back(self) -> None:
        """Put the plug back, and wait until everything is connected again, if it wants to be."""
        await self._until_cut()
        await self.settle()
        self.disarm()
        self._is_settled = True
        self.link.heal()
        for each in self.diallers:
            if not each.is_open:
                each.has_joined = False
                await each.come()

    async def end(self) -> None:
        """End what runs of it."""
        for each in self.diallers:
            await each.end()
