"""A crowd of clients in a process of its own: `python -m benchmarks.crowd URL CLIENTS`.

It connects everybody and prints "ready". Each line that it then reads, "SENDERS TEXTS", lets that
many people say that many numbered texts at once; it waits until everybody else heard all of them
and prints what arrived as JSON. The clients are aiohttp's: another library than the server's.
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

import aiohttp

SILENCE = 15.0
"""Seconds without a message after which the rest counts as lost."""


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
    """People who are connected to one server, which relays to everybody but the sender."""

    def __init__(self) -> None:
        self.people: list[aiohttp.ClientWebSocketResponse] = []
        self._said: list[int] = []
        self._delivered = self._disordered = 0
        self._last = 0.0

    async def join(self, session: aiohttp.ClientSession, url: str) -> None:
        """Connect one more person."""
        person = await session.ws_connect(url, max_msg_size=0, autoping=True)
        self.people.append(person)
        self._said.append(0)

    async def _silence(self, expected: int) -> None:
        while (  # noqa: ASYNC110
            self._delivered < expected and time.perf_counter() - self._last < SILENCE
        ):
            await asyncio.sleep(0.01)

    async def listen(self, number: int) -> None:
        """Count what one person hears, and look at its order."""
        heard = [0] * len(self.people)
        async for message in self.people[number]:
            sender, _, count = message.data.partition(" ")
            if not sender.isdigit():
                continue  # the server's greeting
            who, this = int(sender), int(count)
            if this != heard[who]:
                self._disordered += 1
            heard[who] = this + 1
            self._delivered += 1
            self._last = time.perf_counter()

    async def _talk(self, number: int, texts: int) -> None:
        for _ in range(texts):
            await self.people[number].send_str(f"{number} {self._said[number]}")
            self._said[number] += 1

    async def round(self, senders: int, texts: int) -> Outcome:
        """Let the first `senders` people say `texts` texts each, all at once."""
        self._delivered = self._disordered = 0
        expected = senders * texts * (len(self.people) - 1)
        started = self._last = time.perf_counter()
        await asyncio.gather(*(self._talk(number, texts) for number in range(senders)))
        await self._silence(expected)
        return Outcome(expected, self._delivered, self._disordered, self._last - started)


async def main(url: str, clients: int) -> None:
    """Connect, then play a round for each line of standard input."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        crowd = Crowd()
        for _ in range(clients):
            await crowd.join(session, url)
        listening = [asyncio.ensure_future(crowd.listen(number)) for number in range(clients)]
        print("ready", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            senders, texts = map(int, line.split())
            print(json.dumps(asdict(await crowd.round(senders, texts))), flush=True)
        for listener in listening:
            listener.cancel()
        await asyncio.gather(*(person.close() for person in crowd.people))


@asynccontextmanager
async def crowd(url: str, clients: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a crowd in another process, connected."""
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.crowd",
        url,
        str(clients),
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
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
