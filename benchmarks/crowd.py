"""A crowd of clients in a process of its own: `python -m benchmarks.crowd URL CLIENTS KIND`.

It connects everybody and prints "ready". Each line that it then reads, "SENDERS TEXTS", lets that
many people say that many numbered texts at once; it waits until everybody heard all of them and
prints what arrived as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import aiohttp

from benchmarks.people import Join, Person, RawPerson
from benchmarks.socketio.people import OverPolling, OverWebSocket

SILENCE = 15.0
"""Seconds without a message after which the rest counts as lost."""

Kind = Literal["raw", "websocket", "polling"]
"""Raw WebSocket, where the sender does not hear itself; or Socket.IO, where it does."""

KINDS: dict[Kind, Join] = {
    "raw": RawPerson.join,
    "websocket": OverWebSocket.join,
    "polling": OverPolling.join,
}


@dataclass(frozen=True)
class Outcome:
    """What became of one round of texts.

    Attributes
    ----------
    expected, delivered, disordered
        Deliveries: one for each text and each person who is to hear it. Disordered are those
        that did not come right after their predecessor from the same sender.
    seconds
        From the first text to the last delivery.
    """

    expected: int
    delivered: int
    disordered: int
    seconds: float


class Crowd:
    """People who are connected to one server, which relays to everybody.

    Parameters
    ----------
    people
        Who they are.
    hearers
        How many of them hear a text.
    """

    def __init__(self, people: list[Person], hearers: int) -> None:
        self.people = people
        self._hearers = hearers
        self._said = [0] * len(people)
        self._delivered = self._disordered = 0
        self._last = 0.0

    async def _silence(self, expected: int) -> None:
        while (  # noqa: ASYNC110
            self._delivered < expected and time.perf_counter() - self._last < SILENCE
        ):
            await asyncio.sleep(0.01)

    async def listen(self, number: int) -> None:
        """Count what one person hears, and look at its order."""
        heard = [0] * len(self.people)
        async for text in self.people[number].hear():
            sender, _, count = text.partition(" ")
            if not sender.isdigit():
                continue  # the server's greeting
            who, this = int(sender), int(count)
            if this != heard[who]:
                self._disordered += 1
            heard[who] = this + 1
            self._delivered += 1
            self._last = time.perf_counter()

    async def _talk(self, number: int, texts: int) -> None:
        first = self._said[number]
        self._said[number] += texts
        await self.people[number].say([f"{number} {first + count}" for count in range(texts)])

    async def round(self, senders: int, texts: int) -> Outcome:
        """Let the first `senders` people say `texts` texts each, all at once."""
        self._delivered = self._disordered = 0
        expected = senders * texts * self._hearers
        started = self._last = time.perf_counter()
        await asyncio.gather(*(self._talk(number, texts) for number in range(senders)))
        await self._silence(expected)
        return Outcome(expected, self._delivered, self._disordered, self._last - started)


async def main(url: str, clients: int, kind: Kind) -> None:
    """Connect, then play a round for each line of standard input."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        people = [await KINDS[kind](session, url) for _ in range(clients)]
        crowd = Crowd(people, clients - (kind == "raw"))
        listening = [asyncio.ensure_future(crowd.listen(number)) for number in range(clients)]
        print("ready", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            senders, texts = map(int, line.split())
            print(json.dumps(asdict(await crowd.round(senders, texts))), flush=True)
        await asyncio.gather(*(person.close() for person in people))
        for listener in listening:
            listener.cancel()
        await asyncio.gather(*listening, return_exceptions=True)


@asynccontextmanager
async def crowd(
    url: str, clients: int, kind: Kind = "raw"
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a crowd in another process, connected."""
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.crowd",
        url,
        str(clients),
        kind,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[1],
    )
    assert running.stdout is not None
    assert await running.stdout.readline() == b"ready\n"
    try:
        yield running
    finally:
        assert running.stdin is not None
        running.stdin.close()
        await running.wait()


async def play(running: asyncio.subprocess.Process, senders: int, texts: int) -> Outcome:
    """Let a crowd in another process play one round."""
    assert running.stdin is not None and running.stdout is not None
    running.stdin.write(f"{senders} {texts}\n".encode())
    await running.stdin.drain()
    return Outcome(**json.loads(await running.stdout.readline()))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))  # type: ignore[arg-type]
