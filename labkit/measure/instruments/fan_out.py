"""One message to a hundred clients: how much the server works for each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from labkit.measure.court.experiment import Experiment, Figures, Measure
from labkit.measure.instruments.light import connect_crowd
from labkit.measure.instruments.pairs import BLOCKS, Turns
from labkit.measure.process import Process, running
from labkit.measure.subject import SOCKETIO_WEBSOCKET, WEBSOCKET, Subject, make_light_clients

CLIENTS = 100

MESSAGES = 80
"""For each subject and repeat."""

WARM_UP = 5
"""Messages to a new crowd that do not count."""

MARK = "Z"
"""Which no frame has but in its text."""

TEXT = MARK + "x" * 31


@asynccontextmanager
async def open_fan_out(
    subjects: Sequence[Subject] = (WEBSOCKET, SOCKETIO_WEBSOCKET),
    clients: int = CLIENTS,
    messages: int = MESSAGES,
) -> AsyncIterator[Measure]:
    """Run servers that broadcast, and give what lets a crowd hear each of them.

    Its figures, all for one delivery to one client: "cpu", the us for which the server's processor
    works, and "deliveries a second", from the first message sent to the last one received.
    """
    light = make_light_clients()
    crowds = [Crowd(subject, subject.make_server(), light) for subject in subjects]
    async with running(light, *(crowd.server for crowd in crowds)):
        turns = Turns(crowds)

        async def measure() -> Figures:
            for crowd in crowds:
                await crowd.connect(clients)
                await crowd.broadcast(WARM_UP)
            cpu, seconds = {each.name: 0.0 for each in crowds}, {each.name: 0.0 for each in crowds}
            for crowd in turns.take():
                before = await crowd.server.read_cpu()
                seconds[crowd.name] += await crowd.broadcast(messages // BLOCKS)
                cpu[crowd.name] += await crowd.server.read_cpu() - before
            for crowd in crowds:
                await crowd.close()
            deliveries = messages // BLOCKS * BLOCKS * clients
            return {
                "cpu": {name: each / deliveries * 1e6 for name, each in cpu.items()},
                "deliveries a second": {n: deliveries / each for n, each in seconds.items()},
            }

        yield measure


@dataclass
class Crowd:
    """A server, and the light clients that hear it.

    Attributes
    ----------
    subject
        What it is.
    server, light
        The processes of the server, and of all light clients.
    """

    subject: Subject
    server: Process
    light: Process
    _number: int = field(default=0, init=False)
    _clients: int = field(default=0, init=False)

    @property
    def name(self) -> str:
        """The subject's name."""
        return self.subject.name

    async def connect(self, clients: int) -> None:
        """Connect clients, which only count what they hear."""
        self._number = await connect_crowd(self.light, self.server.port, self.subject, clients)
        self._clients = clients
        await self.light.ask("listen", crowd=self._number, mark=MARK)

    async def broadcast(self, messages: int) -> float:
        """Let the server send messages to all, and return the seconds until all have them."""
        sent = await self.server.ask("broadcast", count=messages, text=TEXT)
        heard = await self.light.ask(
            "hear", crowd=self._number, deliveries=messages * self._clients
        )
        return float(heard["ended"] - sent["began"])  # one clock for all processes

    async def close(self) -> None:
        """Cut the clients off."""
        await self.light.ask("close", crowd=self._number)


EXPERIMENT = Experiment(
    open_fan_out,
    topology=(
        "the server in one process, and 100 light clients over WebSocket, which only count what "
        "they hear, together in another one; the server sends 32 characters to all, one message "
        "right after the other"
    ),
    repeats=7,
    load="alone",
)
