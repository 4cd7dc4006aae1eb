"""A trial of a transport behind a middlebox: its own servers, a client behind it, and another one.

Each trial has servers of its own: whatever else were said in one chat would keep idle connections
awake. The other client, which talks with the one that is tried, has a link of its own, without the
middlebox.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

from labkit import bench
from labkit.clock import clock
from labkit.exceptions import ConnectError, LabError
from labkit.faults import Fault
from labkit.measure.cell import Cell, Observed, judge
from labkit.transports.contract import Client, Server, ServerSettings
from labkit.transports.registry import client_maker, new_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from labkit.bench.bench import Bench

PROMPT = 3.0
"""Seconds (scaled) within which a text should arrive, whatever the transport."""

LAST_CHANCE = 35.0
"""Seconds (scaled) that a client gets to work again, if it does not: more than any needs to notice
silence, also python-socketio's over polling, which needs 5 s more that do not scale."""

NOTICE = 1.0
"""Seconds (scaled) in which a client should notice that its link is closed. One that has not
noticed would wait for an answer to its close."""

PROBE = 1.5
"""Seconds (scaled) for each further attempt then."""

Middlebox = Fault | Callable[[Sequence[Server]], Fault] | None
"""A fault, or what makes one for two servers, or nothing."""

_numbers = count(1)


async def try_behind(
    middlebox: Middlebox,
    protocol: str,
    options: dict[str, Any],
    *,
    wanted: str,
    idle: float = 0.0,
) -> Cell:
    """Return what becomes of a transport behind a middlebox.

    Parameters
    ----------
    middlebox
        What stands between.
    protocol, options
        The finished chat, and the options of its client.
    wanted
        How messages travel if nothing is in the way, as `client.transport` says it.
    idle
        Seconds (scaled) in which nobody says anything, after the first texts.
    """
    async with _open_trial(protocol, options) as trial:
        return judge(await trial.run(middlebox, options, wanted, idle))


class _Trial:
    def __init__(self, lab: Bench, protocol: str, stack: AsyncExitStack) -> None:
        self._lab = lab
        self._name = f"trial {next(_numbers)}"
        self._protocol = protocol
        self._stack = stack
        self._saying: set[asyncio.Task[None]] = set()
        self._texts = count(1)
        self.servers: list[Server] = []
        self.other: Client

    async def open(self, options: dict[str, Any]) -> None:
        self.servers = [await self._serve(f"{self._name}{which}") for which in ("", "b")]
        self.other = await self._connect(self.servers[0], f"{self._name} other", options)

    async def _serve(self, name: str) -> Server:
        settings = ServerSettings(name=name, observer=self._lab.observer)

        def make(port: int) -> Server:
            return new_server(self._protocol, settings, messages_per_second=None, options={})

        server = await self._lab.serve(name, make, 0, announce=_say_nothing)
        self._stack.push_async_callback(self._stop, server)
        return server

    async def _stop(self, server: Server) -> None:
        self._lab.servers.pop(server.name, None)
        await server.stop()

    async def _connect(self, to: Any, name: str, options: dict[str, Any]) -> Client:
        make = client_maker(to, None, options)
        client = await self._lab.connect(to, name, make, announce=_say_nothing)
        self._stack.push_async_callback(self._close, client)
        return client

    async def _close(self, client: Client) -> None:
        self._lab.clients.pop(client.name, None)
        await client.link.close()  # else it would wait for what the middlebox has swallowed
        await client.changes.until(lambda: client.state not in ("open", "connecting"), NOTICE)
        await client.close()

    async def run(
        self, middlebox: Middlebox, options: dict[str, Any], wanted: str, idle: float
    ) -> Observed:
        fault = middlebox(self.servers) if callable(middlebox) else middlebox
        link = await self._lab.link(self.servers[0], f"{self._name} link", announce=_say_nothing)
        self._stack.push_async_callback(self._close_link, link.name)
        if fault is not None:
            link.add(fault)
        began = _now()
        observed = Observed(wanted=wanted)
        try:
            client = await self._connect(link, f"{self._name} client", options)
        except ConnectError as error:
            observed.refused, observed.seconds = _reason(error), _now() - began
            return observed
        observed.transport = client.transport
        absences = _Absences(client, observed.away)
        said, said_at = await self._talk(client, PROMPT), began
        if idle:
            await client.changes.until(lambda: client.state == "closed", idle)
            said_at = _now()
            said += await self._talk(client, PROMPT)
        await self._give_a_last_chance(client, observed)
        absences.stop()
        if not all(was_prompt for was_prompt, _ in said[-2:]):
            observed.silent = _now() - said_at
        observed.is_late = any(not was_prompt and arrived() for was_prompt, arrived in said)
        observed.lost_up = sum(not arrived() for _, arrived in said[::2])
        observed.lost_down = sum(not arrived() for _, arrived in said[1::2])
        observed.state, observed.seconds = client.state, _now() - began
        observed.ending = "" if client.ending is None else repr(client.ending)
        return observed

    async def _close_link(self, name: str) -> None:
        link = self._lab.links.pop(name, None)
        if link is not None:
            await link.close()

    async def _talk(self, client: Client, within: float) -> list[tuple[bool, Callable[[], bool]]]:
        """Let both say a text, and return of each whether it was prompt, and has arrived by now."""
        said = []
        for speaker, hearer in ((client, self.other), (self.other, client)):
            text = f"text {next(self._texts)} of {self._name}"
            arrived, is_over = _make_tests(client, hearer, text)
            self._say(speaker, text)
            await hearer.changes.until(is_over, within)
            said.append((arrived(), arrived))
        return said

    def _say(self, speaker: Client, text: str) -> None:
        saying = asyncio.get_running_loop().create_task(_say_if_it_can(speaker, text))
        self._saying.add(saying)
        saying.add_done_callback(self._saying.discard)

    async def _give_a_last_chance(self, client: Client, observed: Observed) -> None:
        """Find out whether both directions work, until they do or the time is up."""
        until = _now() + LAST_CHANCE
        while True:
            (observed.is_heard, _), (observed.hears, _) = await self._talk(client, PROBE)
            both = observed.is_heard and observed.hears
            if both or client.state == "closed" or _now() > until:
                return
            await client.changes.until(lambda: client.state == "closed", 0.1)

    async def end(self) -> None:
        for saying in tuple(self._saying):
            saying.cancel()
        await asyncio.gather(*self._saying, return_exceptions=True)


class _Absences:
    """Keeps for how long a client is not connected, each time that it comes back."""

    def __init__(self, client: Client, away: list[float]) -> None:
        self._client = client
        self._away = away
        self._since: float | None = None
        self.stop = client.changes.subscribe(self._look)

    def _look(self) -> None:
        if self._client.state == "open" and self._since is not None:
            self._away.append(_now() - self._since)
            self._since = None
        elif self._client.state != "open" and self._since is None:
            self._since = _now()


@asynccontextmanager
async def _open_trial(protocol: str, options: dict[str, Any]) -> AsyncIterator[_Trial]:
    async with AsyncExitStack() as stack:
        trial = _Trial(bench.current(), protocol, stack)
        stack.push_async_callback(trial.end)
        await trial.open(options)
        yield trial


async def _say_if_it_can(speaker: Client, text: str) -> None:
    with contextlib.suppress(LabError):  # what counts is what arrives
        await speaker.say(text)


def _make_tests(
    client: Client, hearer: Client, text: str
) -> tuple[Callable[[], bool], Callable[[], bool]]:
    """Return what says whether a text has arrived, and whether there is nothing to wait for."""

    def arrived() -> bool:
        return text in hearer.inbox

    return arrived, lambda: arrived() or client.state == "closed"


def _now() -> float:
    """Return the time in seconds of the lab's clock."""
    return asyncio.get_running_loop().time() / clock.scale


def _reason(error: ConnectError) -> str:
    """Return why a client could not connect, without its name, its address, and what to do."""
    told = re.sub(r"^.*? cannot connect(?: to \S+)?: ", "", str(error))
    return told.partition(" Faults act on the link")[0].rstrip(".")


def _say_nothing(line: str) -> None: ...
