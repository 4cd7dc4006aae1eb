"""How much memory a server holds for each connection, idle and after some traffic."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random

from labkit.measure.court.experiment import Experiment, Figures, Measure
from labkit.measure.instruments.light import connect_crowd
from labkit.measure.instruments.pairs import Turns
from labkit.measure.process import Process, running
from labkit.measure.subject import (
    DEFLATE,
    SOCKETIO_WEBSOCKET,
    WEBSOCKET,
    Subject,
    make_light_clients,
)

WARM_UP = 50
"""Connections that are there first, and stay: they pay for what a process needs but once.

The very first one comes alone, and talks alone. CPython keeps the attributes of a class's objects
in one shared table, in the order in which the first object got them; objects that get them in
another order need a table each. With ten first connections at once it was a matter of luck whether
each later connection of `websockets` took 14.4 or 15.8 KiB.
"""

CONNECTIONS = 150
"""Connections that are measured."""

TEXTS = 20
"""Texts that each of them sends and hears: more than a compressor's window of 4 KiB holds."""

WORDS = ("alice", "bob", "carol", "meets", "sends", "hears", "the", "word", "at", "noon", "and")


def make_texts() -> list[str]:
    """Return the texts, which compress about as well as chats do, and are always the same."""
    random = Random(1)
    return [" ".join(random.choices(WORDS, k=60)) for _ in range(TEXTS)]


@asynccontextmanager
async def open_memory(
    subjects: Sequence[Subject] = (WEBSOCKET, DEFLATE, SOCKETIO_WEBSOCKET),
    connections: int = CONNECTIONS,
) -> AsyncIterator[Measure]:
    """Give what measures a new process of each server: memory that was used is used again.

    Its figures, in KiB for each connection: "idle", and "after traffic".
    """
    light, texts = make_light_clients(), make_texts()
    async with running(light):
        turns = Turns(subjects)

        async def measure() -> Figures:
            idle, after = {}, {}
            for subject in turns.take(1):
                async with running(server := subject.make_server()):
                    first, second = await _measure_growth(
                        server, light, subject, connections, texts
                    )
                idle[subject.name], after[subject.name] = first, second
            return {"idle": idle, "after traffic": after}

        yield measure


async def _measure_growth(
    server: Process, light: Process, subject: Subject, connections: int, texts: Sequence[str]
) -> tuple[float, float]:
    """Return the KiB for each connection, idle and after traffic."""
    crowds = []
    for clients in (1, WARM_UP - 1):  # see "alone" in `WARM_UP`
        crowds.append(await connect_crowd(light, server.port, subject, clients))
        await light.ask("talk", crowd=crowds[-1], texts=texts)
    before = await server.read_memory()
    crowd = await connect_crowd(light, server.port, subject, connections)
    idle = await server.read_memory()
    await light.ask("talk", crowd=crowd, texts=texts)
    after = await server.read_memory()
    for each in (*crowds, crowd):
        await light.ask("close", crowd=each)
    return (idle - before) / connections / 1024, (after - before) / connections / 1024


EXPERIMENT = Experiment(
    open_memory,
    topology=(
        "a new process for each server, and 200 light clients over WebSocket together in another "
        "one; 50 of them come first, and the growth by the other 150 is measured. What the system "
        "holds for a TCP connection is not in it"
    ),
    repeats=3,
    load="any",
)
