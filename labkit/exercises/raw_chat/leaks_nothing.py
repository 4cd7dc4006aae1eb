"""A handler that keeps nothing of those who left, whichever way they left."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

from labkit.bench.bench import Bench
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.visitors import (
    PATIENCE,
    closed_ones,
    draw_ladder,
    heard_by,
    open_chat,
    try_to_say,
)
from labkit.transports.contract import Server
from labkit.transports.contract.expected import short_repr

TURNS = 5
"""Turns of the loop in which the library lets go of a connection that has ended."""

POLITE, CUT = "carol", "dave"
"""Who says goodbye, and whose line is cut."""

HOW = {
    (POLITE,): f"{POLITE}'s, who said goodbye",
    (CUT,): f"{CUT}'s, whose line was cut",
    (POLITE, CUT): f"{POLITE}'s and {CUT}'s, so both kinds of leaving",
}
"""Whose connections are still there, in words."""


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    server, people = await open_chat(child, answer, "alice", "bob", POLITE, CUT)
    alice, bob, polite, cut = people
    case = f"alice, bob, {POLITE} and {CUT} connect"
    if found := await closed_ones(people):
        return not_yet("They stay connected.", found, case)
    before: list[str] = []
    for speaker in (polite, cut):
        before.append(f"this is {speaker.name}")
        case += f"\n{speaker.name} says {before[-1]!r}"
        await try_to_say(speaker, before[-1])
        await asyncio.gather(*(heard_by(each, len(before)) for each in (alice, bob)))
    case += f"\n{POLITE} says goodbye (1000)\n{CUT}'s line is cut"
    connections = _watch(server)
    await polite.close()
    cut.link.cut()
    await server.changes.until(lambda: server.connection_count == 2, PATIENCE)
    for _ in range(TURNS):
        await asyncio.sleep(0)
    gc.collect()
    kept = tuple(name for name in (POLITE, CUT) if connections[name]() is not None)
    if kept:
        told = f"The handler has ended, and these connections are still in memory: {HOW[kept]}."
        return not_yet("Nothing keeps a connection that has ended.", told, case)
    for speaker, listener, text in ((alice, bob, "still here"), (bob, alice, "me, too")):
        case += f"\n{speaker.name} says {text!r}"
        await try_to_say(speaker, text)
        heard = await heard_by(listener, len(before) + 1)
        found = await closed_ones([alice, bob])
        if not found and heard != [*before, text]:
            found = f"{listener.name}, who had not left, heard {short_repr(heard)}."
        if found:
            expected = f"Those who stayed chat on: {listener.name} hears {text!r} and nothing else."
            return not_yet(expected, found, case, draw_ladder(server, [alice, bob]))
    return None


def _watch(server: Server) -> dict[str, weakref.ref[Any]]:
    """Return a reference to each connection of the server, by name, that does not keep it."""
    return {each.name: weakref.ref(each.raw) for each in server.connections}


STUB = """
members = set()


async def handler(websocket): ...
"""

SOLUTION = """
members = set()


async def handler(websocket):
    members.add(websocket)
    try:
        async for message in websocket:
            for person in members - {websocket}:
                await person.send(message)
    finally:
        members.discard(websocket)
"""

NEVER_TIDY = """
members = set()


async def handler(websocket):
    members.add(websocket)
    async for message in websocket:
        for person in members - {websocket}:
            await person.send(message)
"""

TIDY_AFTER_THE_LOOP = """
members = set()


async def handler(websocket):
    members.add(websocket)
    async for message in websocket:
        for person in members - {websocket}:
            await person.send(message)
    members.discard(websocket)
"""

TIDY_AFTER_AN_ERROR = """
from websockets.exceptions import ConnectionClosed

members = set()


async def handler(websocket):
    members.add(websocket)
    try:
        async for message in websocket:
            for person in members - {websocket}:
                await person.send(message)
    except ConnectionClosed:
        members.discard(websocket)
"""

FORGET_EVERYBODY = """
members = set()


async def handler(websocket):
    members.add(websocket)
    try:
        async for message in websocket:
            for person in members - {websocket}:
                await person.send(message)
    finally:
        members.clear()
"""

EXERCISE = Exercise(
    id="raw_chat.leaks_nothing",
    title="a handler without a leak",
    task=(
        "Write `handler` for a chat whose visitors come and go: each message reaches the others. "
        "Some visitors say goodbye, others lose their line. Nothing of either may be left in "
        "memory, and those who stayed must not notice. The check looks for connections to which "
        "something still refers after they have ended."
    ),
    stub=STUB,
    hints=(
        "A connection that is in `members` stays in memory. When does your handler take its own "
        "out again?",
        "After a goodbye, `async for` simply ends. After a cut line, it raises "
        "`ConnectionClosedError`, and the lines below the loop do not run.",
        "`try: ... finally: ...` around the loop runs its last part in both cases.",
        "`members.discard(websocket)` takes out one connection, this handler's own.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(NEVER_TIDY, "both kinds of leaving"),
        Mistake(TIDY_AFTER_THE_LOOP, "memory: dave's, whose line was cut"),
        Mistake(TIDY_AFTER_AN_ERROR, "memory: carol's, who said goodbye"),
        Mistake(FORGET_EVERYBODY, "who had not left, heard"),
    ),
    judge=_judge,
    next=(
        "Your handler notices a cut line because the system does. Who tells it of a laptop whose "
        "lid was closed? (Notebook 05 measures that.)"
    ),
)
