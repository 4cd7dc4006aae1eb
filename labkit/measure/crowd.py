"""A crowd: many light clients in one process of their own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from labkit.backoff import Backoff
from labkit.clock import check_wait, clock
from labkit.exceptions import ConnectError, LabError
from labkit.links import Link
from labkit.measure.child import Child, module_command
from labkit.measure.counts import Counts, Event, count_events, describe_backoff
from labkit.measure.crowd_process import Task
from labkit.observable import Observable
from labkit.transports.light_clients import Target

PROCESS_TIMEOUT = 30.0
"""Seconds in which the process must have begun. Not scaled: it depends on the machine alone."""

CONNECT_TIMEOUT = 5.0
"""Seconds (scaled) in which all clients must have connected, and `SECONDS_EACH` for each."""

SECONDS_EACH = 0.01

MAX_EVENTS = 100_000
"""Events that are recorded; what happens later is counted only."""


class Crowd:
    """Many light clients in one process of their own. Made by `lab.crowd`.

    Parameters
    ----------
    name
        The crowd's name on the bench.
    target
        Where its clients connect.
    link
        The link that they dial.
    protocol
        What they speak, "websocket" or "socketio".
    clients
        How many there are.
    reconnect
        When they come back after a loss, None if never.
    seed
        Of their jitter.
    owns_link
        Whether the link is the crowd's own, and ends with it.
    on_error
        Called with an error and where it happened if the process ends by itself.

    Attributes
    ----------
    connected
        How many clients are connected now.
    attempts
        How many times they have tried to connect, successful or not.
    events
        What happened, in the order of time: the first 100,000 of them.
    running
        Whether the process runs.
    changes
        Notified after each change of the above.
    """

    def __init__(
        self,
        name: str,
        target: Target,
        link: Link,
        *,
        protocol: str,
        clients: int,
        reconnect: Backoff | None,
        seed: int | str,
        owns_link: bool,
        on_error: Callable[[BaseException, str], None],
    ) -> None:
        self.name = name
        self.link = link
        self.protocol = protocol
        self.clients = clients
        self.reconnect = reconnect
        self.connected = 0
        self.attempts = 0
        self.events: list[Event] = []
        self.running = False
        self.changes = Observable()
        self._task = Task(protocol, target, clients, reconnect, f"{seed}", clock.scale)
        self._owns_link = owns_link
        self._on_error = on_error
        self._child: Child | None = None
        self._began: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._why_failed: dict[int, str] = {}
        self._last_words = ""
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    @property
    def title(self) -> str:
        """What it is."""
        return f"{self.clients} {self.protocol} client{'s' if self.clients > 1 else ''}"

    @property
    def comes_back(self) -> str:
        """When its clients come back, in words."""
        return describe_backoff(self.reconnect)

    @property
    def is_full(self) -> bool:
        """Whether what happens now is counted, but no longer recorded."""
        return len(self.events) >= MAX_EVENTS

    async def start(self) -> None:
        """Start the process, and wait until all clients are connected.

        Raises
        ------
        ConnectError
            If they do not connect within 5 s (scaled), and a hundredth of a second for each.
        """
        self.running = True
        self._child = Child(
            module_command("labkit.measure.crowd_process"),
            self._task.to_json(),
            self._on_report,
            self._on_ended,
        )
        await asyncio.wait({self._began}, timeout=PROCESS_TIMEOUT)
        await self.until_connected(within=CONNECT_TIMEOUT + self.clients * SECONDS_EACH)

    async def until_connected(self, clients: int | None = None, within: float = 5.0) -> None:
        """Wait until so many clients are connected.

        Parameters
        ----------
        clients
            How many, at least; by default all. With 0, until nobody is: after the end of a server,
            wait for this first, since clients notice it a little later than you.
        within
            Seconds, by the lab's clock.

        Raises
        ------
        ConnectError
            If they are not in time; the text says why the others could not connect.
        LabError
            If the crowd does not have so many clients.
        """
        wanted = self.clients if clients is None else clients
        if not isinstance(wanted, int) or not 0 <= wanted <= self.clients:
            raise LabError(f"Crowd {self.name!r} has {self.clients} clients, not {wanted!r}.")
        check_wait(within)
        if self._is_reached(wanted):
            return
        reached: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.running:
            self._waiting.append((wanted, reached))
            await asyncio.wait({reached}, timeout=clock.seconds(within))
            self._waiting = [each for each in self._waiting if each[1] is not reached]
        if not reached.done() or reached.cancelled():
            raise ConnectError(self._too_few(wanted, within))

    async def stop(self) -> None:
        """Close all connections with 1000, and end the process. What was recorded stays."""
        if self._child is not None:
            await self._child.stop()
        if self._owns_link:
            await self.link.close()

    def counts(self, interval: float | None = None, *, since_loss: bool = False) -> Counts:
        """Return attempts and connected clients, interval by interval.

        Parameters
        ----------
        interval
            Seconds of each interval; by default a round number of which the time has about 60.
        since_loss
            Whether to begin with the first connection that was lost; by default, the first interval
            begins with the first attempt.
        """
        return count_events(self.events, interval, since_loss=since_loss)

    def _is_reached(self, wanted: int) -> bool:
        return self.connected >= wanted if wanted else not self.connected

    def _on_report(self, report: dict[str, Any]) -> None:
        if not self._began.done():
            self._began.set_result(None)
        for fields in report.get("events", ()):
            self._on_event(Event(*fields))
        self.changes.notify()

    def _on_event(self, event: Event) -> None:
        if not self.is_full:
            self.events.append(event)
        self.attempts += event.kind == "attempt"
        self.connected += (event.kind == "connected") - (event.kind == "lost")
        if event.kind == "failed":
            self._why_failed[event.client] = event.why
        elif event.kind == "connected":
            self._why_failed.pop(event.client, None)
        for wanted, reached in self._waiting:  # one by one: nobody misses a short moment
            if not reached.done() and self._is_reached(wanted):
                reached.set_result(None)

    def _on_ended(self, last_words: str) -> None:
        self.running = False
        self.connected = 0
        self._last_words = last_words
        if not self._began.done():
            self._began.set_result(None)
        for _, reached in self._waiting:
            reached.cancel()
        if last_words:
            error = LabError(f"The process of {self!r} ended ({last_words}).")
            self._on_error(error, f"crowd {self.name!r}")
        self.changes.notify()

    def _too_few(self, wanted: int, within: float) -> str:
        """Return what there is instead, and why."""
        if not self.running:
            how = f" ({self._last_words})" if self._last_words else ""
            return f"{self!r} has ended{how}, so no client is connected."
        after = f"After {within:g} s"
        if not wanted:
            return f"{after}, {self.connected} of {self.clients} clients are still connected."
        text = f"{after}, {self.connected} of {self.clients} clients are connected, not {wanted}"
        reasons = Counter(self._why_failed.values()).most_common(3)
        if reasons:
            text += f"; the others failed: {', '.join(f'{n} times {why}' for why, n in reasons)}"
        return f"{text}." if self.reconnect else f"{text}. They do not come back by themselves."

    def __repr__(self) -> str:
        state = "running" if self.running else "stopped"
        return f"<Crowd {self.name!r}: {self.clients} clients, {state}>"
