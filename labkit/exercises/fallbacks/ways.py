"""Ways to reach an echo, for the judge of a chain: some are blocked, on real sockets."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import count
from typing import Any

from labkit.bench.bench import Bench
from labkit.bench.starting import open_client, start_server
from labkit.exceptions import Disconnected
from labkit.faults import DropUpgrade, Fault, Latency, RefuseUpgrade, SwallowFrames
from labkit.faults.scope import Where
from labkit.links import Link
from labkit.transports.contract import Client, Server

WELCOME = "welcome"
"""What the servers over WebSocket say first."""

PATIENCE = 0.3
"""Seconds (scaled) that each way gets until it has proved itself."""

LONGEST_WAIT = 60.0
"""Seconds (scaled) for which a way waits for something to hear; a chain gives up before."""


@dataclass(frozen=True)
class Kind:
    """A kind of way.

    Attributes
    ----------
    effect
        What becomes of it, in words.
    protocol
        How it travels: "websocket" or "polling".
    fault, direction
        What is in the way.
    is_full
        Whether the server hangs up behind its welcome.
    is_prepared
        Whether its connection is there before it is opened; otherwise opening it takes its time.
    """

    effect: str
    protocol: str = "websocket"
    fault: Fault | None = None
    direction: Where = "both"
    is_full: bool = False
    is_prepared: bool = True


REFUSED = Kind("is refused with 403", fault=RefuseUpgrade(403), is_prepared=False)
HANGS = Kind("loses its handshake without a word", fault=DropUpgrade(), is_prepared=False)
DEAD = Kind("opens, and loses every frame", fault=SwallowFrames())
MUTE = Kind(
    "opens and brings the welcome, and loses whatever is said to the server",
    fault=SwallowFrames(),
    direction="upstream",
)
FULL = Kind("opens and brings the welcome, and then the server hangs up", is_full=True)
SLOW = Kind(
    "takes 0.6 of `patience` to open, and 0.6 of it to bring an answer",
    fault=Latency(0.3 * PATIENCE),  # there and back
    is_prepared=False,
)
GOOD = Kind("works", protocol="polling")
PLAIN = Kind("works")


class Way:
    """A way as a chain sees it: `open`, `say`, `hear` and `close`; the rest is for the judge.

    Attributes
    ----------
    was_tried, was_closed
        Whether `open` and `close` were called.
    problem
        Why it was refused or broke, as its exception said; "" if it raised none.
    """

    def __init__(self, servers: Servers, name: str, kind: Kind) -> None:
        self._servers, self._name, self._kind = servers, name, kind
        self._client: Client | None = None
        self._read = 0
        self.was_tried = False
        self.was_closed = False
        self.problem = ""

    @property
    def is_open(self) -> bool:
        """Whether it stands."""
        return self._client is not None and self._client.state == "open"

    async def prepare(self) -> None:
        """Connect already if it can, so that a busy machine spends none of a chain's patience."""
        if self._kind.is_prepared:
            self._client = await self._servers.dial(self._name, self._kind)

    async def open(self) -> None:
        """Connect. Raises ConnectionError if it is refused."""
        self.was_tried = True
        if self._client is not None:
            return
        try:
            self._client = await self._servers.dial(self._name, self._kind)
        except ConnectionError as error:
            self.problem = str(error)
            raise

    async def say(self, text: str) -> None:
        """Send a text, which the server sends back. Raises ConnectionError if it is not open."""
        await self._opened.say(text)

    async def hear(self) -> str:
        """Return the next text, once it has come. Raises ConnectionError if the way ends first."""
        client = self._opened
        await client.changes.until(
            lambda: client.state != "open" or len(client.inbox) > self._read, LONGEST_WAIT
        )
        if len(client.inbox) <= self._read:
            self.problem = f"the way ended: {client.close_code!r}"
            raise Disconnected(self.problem)
        self._read += 1
        return str(client.inbox[self._read - 1])

    async def close(self) -> None:
        """Hang up at once, also if it never opened."""
        self.was_closed = True
        if self._client is not None:
            self._client.link.cut()

    @property
    def _opened(self) -> Client:
        if self._client is None or not self.was_tried:
            raise Disconnected("this way is not open")
        return self._client

    def __repr__(self) -> str:
        return f"<way {self._name}>"


class Servers:
    """The servers at the end of all ways: each sends back what it hears, to its sender alone."""

    def __init__(self, child: Bench, by_kind: dict[str, Server]) -> None:
        self._child, self._by_kind = child, by_kind
        self._blocked: list[Link] = []
        self._working: list[Client] = []
        self._numbers = count(1)

    @classmethod
    async def start(cls, child: Bench) -> Servers:
        """Start them on a bench."""
        polled: Any = await start_server(child, "socketio", "polled")

        async def answer(sid: str, text: str) -> None:
            await polled.raw.emit("chat message", text, to=sid)

        polled.raw.on("chat message", answer)
        plain = await start_server(child, _echo, "echo")
        full = await start_server(child, _welcome, "full")
        return cls(child, {"polling": polled, "websocket": plain, "full": full})

    async def dial(self, name: str, kind: Kind) -> Client:
        """Connect a client over a way of a kind. Raises ConnectError if it is refused."""
        name = f"{name} {next(self._numbers)}"
        server = self._by_kind["full" if kind.is_full else kind.protocol]
        link = await self._child.link(server, name, announce=print)
        if kind.fault is not None:
            link.add(kind.fault, kind.direction)
            self._blocked.append(link)
        polls = kind.protocol == "polling"
        options: dict[str, Any] = {"transports": ["polling"], "acknowledge": False} if polls else {}
        client = await open_client(self._child, link, name, **options)
        if kind.fault is None:
            self._working.append(client)
        return client

    async def hang_up(self) -> None:
        """Close all ways: those that lose a close frame by a cut, as nobody would answer it."""
        for link in self._blocked:
            link.cut()
        await asyncio.gather(*(client.close() for client in self._working))


async def _echo(websocket: Any) -> None:
    await websocket.send(WELCOME)
    async for text in websocket:
        await websocket.send(text)


async def _welcome(websocket: Any) -> None:
    await websocket.send(WELCOME)
