"""The five transports beside each other: what a text costs over each, and what silence costs.

All run in one process, each over the links of its two clients, which count bytes and requests. A
chat over plain HTTP is also measured against the same handlers on bare aiohttp.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from statistics import quantiles
from typing import Any, NamedTuple

from aiohttp import web

import labkit as lab
from benchmarks import ratios
from benchmarks.ratios import Pair
from benchmarks.worker import Measure, Worker
from labkit.links import Link
from labkit.transports.contract import Client, Message
from labkit.transports.http.chat.server.room import Room
from labkit.transports.http.chat.server.routes import post
from labkit.transports.http.chat.server.session import ChatConnection, Session
from labkit.transports.rate_limit import RateLimit
from labkit.transports.sse.server import stream

TRANSPORTS = ("websocket", "socketio", "sse", "longpoll", "poll")

TEXTS, POLLED = 300, 30
"""Texts that one client says to the other, one after the other; over short polling."""

BURST = 1000
"""Texts that are said without waiting until they were heard."""

IDLE, SILENCE = 20, 10.0
"""Idle clients, and the seconds for which nobody says anything."""

CONNECTIONS = 4
"""Connections over which texts are posted."""


class Cost(NamedTuple):
    """What texts cost over one transport: bytes and requests are those of one text."""

    rate: float
    up: float
    down: float
    heard_up: float
    heard_down: float
    requests: float
    median: float
    slowest: float


class Traffic(NamedTuple):
    """What has passed over a link."""

    up: int
    down: int
    requests: int

    @classmethod
    def over(cls, link: Link) -> Traffic:
        """Return what has passed so far."""
        trace = link.trace
        requests = len(trace.rows(kind="request"))
        return cls(len(trace.bytes("upstream")), len(trace.bytes("downstream")), requests)

    def since(self, before: Traffic) -> Traffic:
        """Return the difference."""
        return Traffic(
            self.up - before.up, self.down - before.down, self.requests - before.requests
        )


async def _delays(alice: Client, bob: Client, number_of_texts: int) -> list[float]:
    delays = []
    for number in range(number_of_texts):
        started = time.perf_counter()
        saying = asyncio.ensure_future(alice.say(f"t{number:04}"))
        await bob.hears(f"t{number:04}", within=20)
        delays.append((time.perf_counter() - started) * 1000)
        await saying
    return delays


async def _rate(alice: Client, bob: Client) -> float:
    started = time.perf_counter()
    for number in range(BURST):
        await alice.say(f"b{number:04}")
    await bob.hears(f"b{BURST - 1:04}", within=20)
    return BURST / (time.perf_counter() - started)


@asynccontextmanager
async def texts(protocol: str) -> AsyncIterator[Measure]:
    """One client that speaks, and one that hears."""
    await lab.fresh()
    server = await lab.serve(protocol)
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    await alice.say("to begin with")
    await bob.hears("to begin with")

    async def measure() -> Cost:
        said, heard = Traffic.over(alice.link), Traffic.over(bob.link)
        number = POLLED if protocol == "poll" else TEXTS
        delays = await _delays(alice, bob, number)
        said, heard = Traffic.over(alice.link).since(said), Traffic.over(bob.link).since(heard)
        cuts = quantiles(delays, n=100, method="inclusive")
        rate = await _rate(alice, bob)
        return Cost(
            rate,
            said.up / number,
            said.down / number,
            heard.up / number,
            heard.down / number,
            (said.requests + heard.requests) / number,
            cuts[49],
            cuts[98],
        )

    yield measure
    await lab.close()


@asynccontextmanager
async def silence(protocol: str) -> AsyncIterator[Measure]:
    """Clients that say nothing."""
    await lab.fresh()
    server = await lab.serve(protocol)
    clients = [await lab.connect(server, f"p{number}") for number in range(IDLE)]

    async def measure() -> tuple[float, float, float, float]:
        before = [Traffic.over(client.link) for client in clients]
        busy = time.process_time()
        await asyncio.sleep(SILENCE)
        busy = time.process_time() - busy
        passed = [
            Traffic.over(client.link).since(earlier)
            for client, earlier in zip(clients, before, strict=True)
        ]
        minute = 60 / SILENCE / IDLE
        up, down, requests = (sum(each) * minute for each in zip(*passed, strict=True))
        return requests, up, down, busy / SILENCE * 100

    yield measure
    await lab.close()


class _Alone:
    """What a room needs of its server, and no more."""

    max_connections = 500

    def arrive(self, client: str, request: web.Request, way: str) -> ChatConnection:
        return ChatConnection(1, "guest 1", 0.0, client, 0, way=way)

    def leave(self, connection: ChatConnection, why: str) -> None: ...

    def change_way(self, connection: ChatConnection, way: str) -> None: ...

    def count(self, session: Session, request: web.Request, message: Message) -> None: ...

    def refuse_rate(self, session: Session, request: web.Request, why: str) -> None: ...


async def _speaks(port: int, client: int, texts: int, numbers: Iterator[int]) -> None:
    """Post texts over one connection, one after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(texts):
        writer.write(
            f"POST /messages?client={client:016x}&number={next(numbers)} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{port}\r\nContent-Type: text/plain\r\n"
            "Content-Length: 5\r\n\r\nhello".encode()
        )
        assert b" 204 " in await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def _hears(port: int, client: int, texts: int, ready: asyncio.Semaphore) -> None:
    """Read an event stream until all texts have come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    ask = f"GET /events?client={client:016x} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
    writer.write(ask.encode())
    await reader.readuntil(b"\nid: ")
    ready.release()
    for _ in range(texts):
        await reader.readuntil(b"hello")
    writer.close()


def _start_client(group: asyncio.TaskGroup, client: Coroutine[Any, Any, None]) -> None:
    """Start a task that the bench does not watch: a client is not part of what is measured."""
    loop = asyncio.get_running_loop()
    factory = loop.get_task_factory()
    loop.set_task_factory(None)
    group.create_task(client)
    loop.set_task_factory(factory)


async def _chat(port: int, hearers: int, texts: int, numbers: Iterator[int]) -> float:
    """Return texts a second of CPU, of clients in this process, too."""
    ready = asyncio.Semaphore(0)
    async with asyncio.TaskGroup() as group:
        for client in range(hearers):
            _start_client(group, _hears(port, CONNECTIONS + client, texts, ready))
            await ready.acquire()
        started = time.process_time()
        for client in range(CONNECTIONS):
            _start_client(group, _speaks(port, client, texts // CONNECTIONS, numbers))
    return texts / (time.process_time() - started)


@asynccontextmanager
async def hosted(hearers: int, texts: int) -> AsyncIterator[Measure]:
    """Clients of the finished chat."""
    await lab.fresh()
    server = await lab.serve("sse")
    yield partial(_chat, server.port, hearers, texts, count(1))
    await lab.close()


@asynccontextmanager
async def bare(hearers: int, texts: int) -> AsyncIterator[Measure]:
    """Clients of the same handlers on bare aiohttp."""
    room = Room(_Alone(), RateLimit(None), 1000)
    room.open()
    app = web.Application(client_max_size=2**20)
    app.router.add_post("/messages", partial(post, room))
    app.router.add_get("/events", partial(stream, room))
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield partial(_chat, runner.addresses[0][1], hearers, texts, count(1))
    await runner.cleanup()


def _pair(title: str, hearers: int, texts: int, least: float | None) -> Pair:
    ours, least_work = partial(hosted, hearers, texts), partial(bare, hearers, texts)
    return Pair(title, "/s of CPU", ours, least_work, least)


HOSTED = (
    _pair("hosted chat over event streams, 30 hear", 30, 400, 0.9),
    _pair("the same, nobody hears", 0, 4000, None),
)
"""A post alone is all that labkit adds to: who may ask, security headers, a log entry."""


def report(repeats: int) -> bool:
    """Measure and print three tables; return whether hosting keeps its promise."""
    kept = ratios.report(HOSTED, repeats)
    print(
        f"\n{TEXTS} texts of 5 characters, one after the other ({POLLED} over short polling, each "
        f"second), and {BURST} in a row:\n\n"
        "| | texts a second | sender, bytes up / down | hearer, up / down | requests a text "
        "| delay, median / 99 % |\n|---|---|---|---|---|---|"
    )
    for protocol in TRANSPORTS:
        with Worker(partial(texts, protocol)) as worker:
            cost = worker.measure()
        print(
            f"| {protocol} | {cost.rate:,.0f} | {cost.up:,.0f} / {cost.down:,.0f} "
            f"| {cost.heard_up:,.0f} / {cost.heard_down:,.0f} | {cost.requests:.1f} "
            f"| {cost.median:,.1f} / {cost.slowest:,.1f} ms |",
            flush=True,
        )
    print(
        f"\n{IDLE} clients that say nothing, for {SILENCE:g} s:\n\n"
        "| | requests a minute, each | bytes up / down a minute, each | CPU, all |\n"
        "|---|---|---|---|"
    )
    for protocol in TRANSPORTS:
        with Worker(partial(silence, protocol)) as worker:
            requests, up, down, busy = worker.measure()
        print(
            f"| {protocol} | {requests:,.0f} | {up:,.0f} / {down:,.0f} | {busy:.1f} % |", flush=True
        )
    return kept
