"""Servers and their clients, which run as long as an experiment does, and take turns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from labkit.measure.process import Process, running
from labkit.measure.subject import Subject

BLOCKS = 4
"""Turns that each has in a repeat."""


@dataclass
class Pair:
    """A server, and its library's clients.

    Attributes
    ----------
    subject
        What it is.
    server, clients
        The two processes. Subjects with the same library share the process of the clients, and
        those with the same server share that.
    """

    subject: Subject
    server: Process
    clients: Process
    _client: int = field(default=0, init=False)

    @property
    def name(self) -> str:
        """The subject's name."""
        return self.subject.name

    async def connect(self, port: int | None = None) -> float:
        """Connect a client to the server, or to a port before it; return how long it took, in s."""
        answer = await self.clients.ask(
            "connect", port=port or self.server.port, **self.subject.client
        )
        self._client = answer["client"]
        return float(answer["seconds"])

    async def echo(self, times: int, text: str) -> list[float]:
        """Let the client send a text and await it, so many times; return the seconds of each."""
        answer = await self.clients.ask("echo", client=self._client, times=times, text=text)
        seconds: list[float] = answer["seconds"]
        return seconds

    async def close(self) -> None:
        """Close the client's connection."""
        await self.clients.ask("close", client=self._client)


@asynccontextmanager
async def run_pairs(subjects: Sequence[Subject]) -> AsyncIterator[list[Pair]]:
    """Run the servers and the clients of some subjects."""
    servers: dict[Any, Process] = {}
    clients: dict[str, Process] = {}
    pairs = []
    for subject in subjects:
        same = (subject.protocol, subject.command, tuple(subject.server.items()))
        server = servers.setdefault(same, subject.make_server())
        pairs.append(
            Pair(subject, server, clients.setdefault(subject.protocol, subject.make_clients()))
        )
    async with running(*servers.values(), *clients.values()):
        yield pairs


class Turns:
    """Who is measured next: one after the other, and each repeat begins with another one.

    Within a repeat the order turns round from block to block, so what changes with time, such as
    the machine's load, meets all alike.

    Parameters
    ----------
    pairs
        Those who take turns.
    """

    def __init__(self, pairs: Sequence[Any]) -> None:
        self._order = list(pairs)

    def take(self, blocks: int = BLOCKS) -> Iterator[Any]:
        """Yield each as often as there are blocks."""
        for block in range(blocks):
            yield from reversed(self._order) if block % 2 else self._order
        self._order.append(self._order.pop(0))
