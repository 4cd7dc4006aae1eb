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
from labkit.transports.contract import Client, Server
from labkit.transports.contract.expected import short_repr

TURNS = 5
"""Turns of the loop in which the library lets go of a connection that has ended."""


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    server, people = await open_chat(child, answer, "alice", "bob", "carol", "dave")
    alice, bob, carol, dave = people
    steps = ["alice, bob, carol and dave connect"]
    if found := await closed_ones(people):
        return not_yet("They stay connected.", found, steps[0])
    before: list[str] = []
    for speaker in (carol, dave):  # in a loop of those who stay, a name may still be bound to them
        before.append(f"this is {speaker.name}")
        steps.append(f"{speaker.name} says {before[-1]!r}")
        await try_to_say(speaker, before[-1])
        await asyncio.gather(*(heard_by(each, len(before)) for each in (alice, bob)))
    if kept := await _find_kept(server, carol, dave, steps):
        alone = [step for step in steps[1:] if step.startswith(tuple(kept))]
        return _not_yet("Nothing keeps a connection that has ended.", kept, [steps[0], *alone])
    for speaker, listener, text in ((alice, bob, "still here"), (bob, alice, "me, too")):
        steps.append(f"{speaker.name} says {text!r}")
        await try_to_say(speaker, text)
        heard = await heard_by(listener, len(before) + 1)
        found = await closed_ones([alice, bob])
        if not found and heard != [*before, text]:
            found = f"{listener.name}, who had not left, heard {short_repr(heard)}."
        if found:
            expected = f"Those who stay chat on: {listener.name} hears {text!r} and nothing else."
            ladder = draw_ladder(server, [alice, bob])
            return not_yet(expected, found, "\n".join(steps), ladder)
    if kept := await _find_kept(server, alice, bob, steps):
        return _not_yet("Nothing keeps the last connections either.", kept, steps)
    return None


def _not_yet(expected: str, kept: dict[str, str], steps: list[str]) -> Outcome:
    """Return the outcome of connections that were kept."""
    match [*kept.items()]:
        case [(name, how)]:
            told = f"One connection is still in memory: {name}'s, {how}."
        case both:
            names = ", and ".join(f"{name}'s, {how}" for name, how in both)
            told = f"Both connections are still in memory: {names}."
    return not_yet(expected, told, "\n".join(steps))


async def _find_kept(
    server: Server, closing: Client, cut: Client, steps: list[str]
) -> dict[str, str]:
    """Let two clients leave, and return whose connection stays in memory, and how it ended."""
    steps += [f"{closing.name} closes the connection (1000)", f"{cut.name}'s line is cut"]
    connections = {each.name: weakref.ref(each.raw) for each in server.connections}
    left = server.connection_count - 2
    await closing.close()
    cut.link.cut()
    await server.changes.until(lambda: server.connection_count == left, PATIENCE)
    for _ in range(TURNS):
        await asyncio.sleep(0)
    gc.collect()
    ended = {closing.name: "which was closed", cut.name: "whose line was cut"}
    return {name: how for name, how in ended.items() if connections[name]() is not None}


STUB = """
members = set()


async def handler(websocket): ...
"""

SOLUTION = """
from websockets.asyncio.server import broadcast

members = set()


async def handler(websocket):
    members.add(websocket)
    try:
        async for message in websocket:
            broadcast(members - {websocket}, message)
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
        "Write `handler` for a chat whose members come and go: each message reaches the others. "
        "Some close their connection, others lose their line. Once a connection has ended, either "
        "way, nothing of yours may refer to it, and those who stay must not notice. The check "
        "looks for connections that have ended and are still in memory."
    ),
    stub=STUB,
    hints=(
        "A connection that is in `members` stays in memory. When does your handler remove its own?",
        "When a client closes the connection, `async for` simply ends. When its line is cut, "
        "`async for` raises `ConnectionClosedError`, and the lines below the loop do not run.",
        "With `try: ... finally: ...` around the loop, the last part runs in both cases.",
        "`members.discard(websocket)` removes one connection, this handler's own.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(NEVER_TIDY, "Both connections are still in memory"),
        Mistake(TIDY_AFTER_THE_LOOP, "One connection is still in memory: dave's"),
        Mistake(TIDY_AFTER_AN_ERROR, "One connection is still in memory: carol's"),
        Mistake(FORGET_EVERYBODY, "who had not left, heard"),
    ),
    judge=_judge,
    next=(
        "Your handler notices a cut line because the operating system does. How would it notice a "
        "laptop whose lid was closed? (Notebook 05 measures that.)"
    ),
)
