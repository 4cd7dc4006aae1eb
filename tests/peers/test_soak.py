"""A hundred clients on both stacks, under every fault at random times: nothing breaks or stays."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from types import ModuleType
from typing import Any, NamedTuple

from labkit import bench
from labkit.backoff import Backoff
from labkit.exceptions import LabError
from labkit.faults import (
    Bandwidth,
    BlackHole,
    BufferResponses,
    Corrupt,
    CutBeforeAck,
    Delay,
    Down,
    Drop,
    DropUpgrade,
    Duplicate,
    Fault,
    IdleForget,
    IdleKill,
    Latency,
    LimitConnections,
    LimitData,
    LimitLife,
    NoOp,
    RefuseUpgrade,
    Reorder,
    Reset,
    Schedule,
    Slicer,
    SlowClose,
    SwallowFrames,
    SwallowPongs,
)
from labkit.links.connection import LinkConnection
from labkit.links.fault_stage import FaultStage
from labkit.measure.crowd import Crowd
from labkit.transports.contract import Client, Server
from tests.conftest import soon, turn_loop
from tests.support.schedules import draw_schedule

SEED = 1
"""Of the schedules: another one gives other faults at other times."""

SECONDS, WARMING = 60, 5
"""Seconds for which faults come and go, in the end and before."""

SCALE = 0.5
"""The time scale."""

LONGEST = 12.0
"""Seconds (scaled) for which a fault acts at most: longer than it takes to notice a black hole."""

FAULTS: list[Fault] = [
    Bandwidth(500),
    Bandwidth(20_000),
    BlackHole(),
    BlackHole(3),
    Corrupt(),
    Corrupt("utf-8", every=3),
    Delay(1),
    Down(),
    Drop(every=3),
    Drop(kind="ping"),
    Duplicate(probability=0.5),
    Latency(0.5, jitter=0.4),
    Latency(4),
    LimitData(0),
    LimitData(300),
    LimitData(5000),
    NoOp(),
    Reset(),
    Reset(1),
    Slicer(1),
    Slicer(20, variation=10, delay=0.01),
    SlowClose(3),
    SwallowPongs(),
    BufferResponses(),
    DropUpgrade(),
    IdleForget(2),
    IdleKill(2),
    LimitConnections(30),
    LimitLife(3),
    RefuseUpgrade(503),
    SwallowFrames(),
]

NOT_POLLED: list[Fault] = [CutBeforeAck(every=5), Reorder(every=4)]
"""Faults that cannot act on polling."""

BACKOFF = Backoff(0.5, cap=4)


class Stack(NamedTuple):
    """A server and its clients.

    Attributes
    ----------
    light
        How many light clients there are, in a process of their own.
    clients
        The options of those in the kernel.
    """

    name: str
    protocol: str
    light: int
    clients: list[dict[str, Any]]
    faults: list[Fault]


POLLING: dict[str, Any] = {"transports": ["polling"]}

STACKS = [
    Stack("raw", "websocket", 45, [{"reconnect": BACKOFF}] * 5, FAULTS + NOT_POLLED),
    Stack("socketio", "socketio", 45, [{"transports": ["websocket"]}], FAULTS + NOT_POLLED),
    Stack("polled", "socketio", 0, [POLLING, POLLING, {}, {}], FAULTS),
]

BACK = 40.0
"""Seconds in which all are back: Python's client that polls takes 8 s to notice a loss."""

ANSWER = 20.0
"""Seconds in which a server answers, however busy the machine is."""

MEMORY = 2**20
"""Bytes by which the kernel may grow."""

GONE = (LinkConnection, FaultStage)
"""Objects of which none is left."""


async def test_a_hundred_clients_under_all_faults(lab: ModuleType) -> None:
    """The servers go on, the clients come back, and afterwards nothing is left, nor any error."""
    schedules = [draw(stack.faults, SECONDS / SCALE) for stack in STACKS]
    short = [draw(stack.faults, WARMING / SCALE) for stack in STACKS]
    await soak(lab, short)  # what is imported and cached is no growth
    with growth() as grown:
        await soak(lab, schedules)
    assert grown[0] < MEMORY


@contextmanager
def growth() -> Iterator[list[int]]:
    """Measure by how many bytes the memory of this process has grown in the end."""
    gc.collect()
    grown: list[int] = []
    tracemalloc.start()
    try:
        yield grown
        gc.collect()
        grown.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()


async def soak(lab: ModuleType, schedules: list[Schedule]) -> None:
    """Let clients of both stacks live while faults come and go, and let all of it end."""
    await lab.fresh(timescale=SCALE)
    tasks = asyncio.all_tasks()
    servers: list[Server] = []
    crowds: list[Crowd] = []
    clients: list[Client] = []
    for name, protocol, light, options, _ in STACKS:
        servers.append(server := await lab.serve(protocol, name=name))
        if light:
            crowds.append(await lab.crowd(server, light, reconnect=BACKOFF, name=name))
        clients += [
            await lab.connect(server, f"{name} {number}", **each)
            for number, each in enumerate(options)
        ]
    watching = [asyncio.create_task(keep_asking(server)) for server in servers]
    watching += [asyncio.create_task(talk(client)) for client in clients]
    runs = [server.faults.follow(each) for server, each in zip(servers, schedules, strict=True)]
    await asyncio.gather(*(run.until_over() for run in runs))
    assert not any(server.faults for server in servers)
    assert [run.refused for run in runs] == [[] for _ in runs]
    for crowd in crowds:
        await crowd.until_connected(within=BACK / SCALE)
    wanted = [stack.light + len(stack.clients) for stack in STACKS]
    with suppress(TimeoutError):
        await soon(lambda: not away(clients) and counts(servers, clients) == wanted, within=BACK)
    assert (away(clients), counts(servers, clients)) == ([], wanted)
    for each in watching:
        if each.done():
            await each  # which has failed
        each.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    links = bench.current().all_links()
    for client in clients:
        await client.close()
    for crowd in crowds:
        await crowd.stop()
    await soon(lambda: not any(link.connections for link in links))
    await soon(lambda: not any(server.connection_count for server in servers))
    await lab.finish()
    await lab.fresh()
    gc.collect()
    left = [each for each in gc.get_objects() if isinstance(each, GONE)]
    assert left == []
    assert asyncio.all_tasks() - tasks == set()


def away(clients: list[Client]) -> list[Client]:
    """Return the clients that are not connected, and should be."""
    return [each for each in clients if each.state != "open" and not may_not_return(each)]


def may_not_return(client: Client) -> bool:
    """Return whether the server has disconnected a client, after which python-socketio stays away.

    It does so after a packet that it cannot read, as a fault may make them.
    """
    return client.state == "closed" and client.ending == "server disconnect"


def counts(servers: list[Server], clients: list[Client]) -> list[int]:
    """Return how many clients each server has, with those that stay away for a reason."""
    return [
        server.connection_count
        + sum(each.name.startswith(f"{server.name} ") and may_not_return(each) for each in clients)
        for server in servers
    ]


def draw(faults: list[Fault], duration: float) -> Schedule:
    """Return a schedule in which about four faults act at a time."""
    longest = min(LONGEST, duration / 2)
    count = max(len(faults), int(6 * duration / longest))
    return draw_schedule(faults, count, duration=duration, longest=longest, seed=SEED)


async def keep_asking(server: Server) -> None:
    """Ask a server for its page again and again, past all links: it always answers."""
    while True:
        async with asyncio.timeout(ANSWER):
            while not await is_answered(server):
                pass
        await asyncio.sleep(0.25)  # sleeps: a visitor now and then


async def is_answered(server: Server) -> bool:
    """Return whether a server gives its page to a visitor, whom it hangs up on if he is slow."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    try:
        writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % server.port)
        return (await reader.readline()).startswith(b"HTTP/1.1 200")
    finally:
        writer.transport.abort()
        await turn_loop(2)


async def talk(client: Client) -> None:
    """Let a client say something again and again, if it can."""
    for number in count():
        if client.state == "open":
            with suppress(LabError):  # nobody heard it, and the client knows
                await client.say(f"text {number}")
        await asyncio.sleep(0.1)  # sleeps: people type
