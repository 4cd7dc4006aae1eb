"""The process of a crowd: `python -m labkit.measure.crowd_process`, started by `crowd.py`.

It reads one line, a `Task` as JSON, and writes lines of JSON: `{"began": ...}`, and then the events
in batches. It ends when its standard input does, so it cannot outlive the kernel.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from random import Random

from labkit.backoff import Backoff
from labkit.clock import clock
from labkit.measure.counts import Event, Kind
from labkit.measure.parent import follow_parent, read_told, report
from labkit.sockets.descriptors import allow_descriptors
from labkit.transports.light_clients import FAILURES, LIGHT_CLIENTS, Target, describe_failure

STABLE = 10.0
"""Seconds (scaled) of a standing connection after which the waits start from the beginning."""

AT_ONCE = 64
"""Clients of a new crowd that dial at the same time; a backlog is about as long."""

BATCH = 0.02
"""Seconds for which events are collected. Not scaled: it serves the kernel."""

END_TIMEOUT = 2.0
"""Seconds to close all connections at the end. Not scaled: nobody waits longer."""

MAX_WHY = 200
"""Characters of a reason that are reported."""


@dataclass(frozen=True)
class Task:
    """What a crowd is to do.

    Attributes
    ----------
    protocol, target
        What the clients speak, and where they connect.
    clients
        How many there are.
    reconnect
        When they come back, None if never.
    seed
        Of their jitter.
    scale
        The lab's time scale.
    """

    protocol: str
    target: Target
    clients: int
    reconnect: Backoff | None
    seed: str
    scale: float

    def to_json(self) -> str:
        """Return the task on one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str | bytes) -> Task:
        """Return the task of a line."""
        fields = json.loads(line)
        fields["target"] = Target(**fields["target"])
        fields["reconnect"] = fields["reconnect"] and Backoff(**fields["reconnect"])
        return cls(**fields)


class Clients:
    """The clients of a crowd, each of which connects, and comes back as the backoff says."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._stay = LIGHT_CLIENTS[task.protocol]
        self._began = time.monotonic()
        self._events: list[Event] = []
        self._starting: set[int] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Let all of them live, until this is cancelled."""
        report({"began": self._began})
        async with asyncio.TaskGroup() as group:
            group.create_task(self._flush_often())
            for number in range(self._task.clients):
                await self._room.acquire()
                self._starting.add(number)
                group.create_task(self._live(number))

    async def _live(self, number: int) -> None:
        reconnect = self._task.reconnect
        rng = Random(f"{self._task.seed}/{number}")
        attempt = 0  # in a row
        while True:
            stood = await self._connect(number)
            if reconnect is None:
                return
            attempt = 1 if stood >= clock.seconds(STABLE) else attempt + 1
            await asyncio.sleep(clock.seconds(reconnect.delay(attempt, rng)))

    async def _connect(self, number: int) -> float:
        """Connect, stay, and return for how many seconds the connection stood."""
        opened: list[float] = []

        def on_opened() -> None:
            opened.append(self._add(number, "connected"))

        self._add(number, "attempt")
        why = ""
        try:
            await self._stay(self._task.target, on_opened)
        except FAILURES as error:
            why = describe_failure(error)[:MAX_WHY]
        if not opened:
            self._add(number, "failed", why or "the connection ended during the handshake")
            return 0.0
        return self._add(number, "lost") - opened[0]

    def _add(self, number: int, kind: Kind, why: str = "") -> float:
        seconds = round(time.monotonic() - self._began, 6)
        self._events.append(Event(seconds, number, kind, why))
        if number in self._starting and kind in ("connected", "failed"):
            self._starting.discard(number)
            self._room.release()
        return seconds

    async def _flush_often(self) -> None:
        while True:
            await asyncio.sleep(BATCH)
            if self._events:
                report({"events": self._events})
                self._events = []


async def _run(task: Task) -> None:
    running = asyncio.ensure_future(Clients(task).run())
    loop = asyncio.get_running_loop()

    def end() -> None:
        with suppress(RuntimeError):  # the loop is closed: it ends already
            loop.call_soon_threadsafe(running.cancel)
        time.sleep(END_TIMEOUT)
        os._exit(0)

    follow_parent(lambda line: None, end)
    with suppress(asyncio.CancelledError):
        await running


def main() -> None:
    """Do the task of standard input."""
    task = Task.from_json(read_told())
    clock.set(task.scale)
    allow_descriptors(task.clients)
    asyncio.run(_run(task))


if __name__ == "__main__":
    main()
