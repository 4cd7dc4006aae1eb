"""What is said without a connection is sent later, in order."""

from __future__ import annotations

from typing import Any

from labkit.bench.bench import Bench
from labkit.delivery import Back, Cut, Promise, Say, run
from labkit.delivery.step import Step
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.runs import explain_run

PROMISE = Promise("at least once", order="per sender")

DELIVERED = 60
"""Turns of the loop in which what was said has arrived: a fault must not meet it on its way."""

CASES: tuple[list[Step], ...] = (
    [Say("bob"), Say("bob")],
    [Cut("bob"), Say("bob"), Back("bob")],
    [Say("bob", pause=DELIVERED), Cut("bob"), Say("bob"), Say("bob"), Say("bob"), Back("bob")],
    [Cut("bob"), Say("bob"), Back("bob", pause=DELIVERED), Cut("bob"), Say("bob"), Back("bob")],
)


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    for steps in CASES:
        found = await run("websocket", steps, PROMISE, sender=answer)
        if told := explain_run(found):
            return not_yet("All that was said is heard in the end, in order.", *told)
    return None


STUB = """
import asyncio
from collections import deque

from websockets.exceptions import ConnectionClosed


class Outbox:
    def __init__(self, connect):
        self.connect = connect
        self.waiting = deque()
        self.more = asyncio.Event()

    async def say(self, text):
        self.waiting.append(text)
        self.more.set()

    async def run(self): ...
"""


def _with_run(body: str) -> str:
    return STUB.replace("run(self): ...\n", f"run(self):\n{body}")


SOLUTION = _with_run(
    """\
        async for websocket in self.connect():
            try:
                while await self.more.wait():
                    while self.waiting:
                        await websocket.send(self.waiting[0])
                        self.waiting.popleft()
                    self.more.clear()
            except ConnectionClosed:
                continue
"""
)

TAKEN_OUT_FIRST = _with_run(
    """\
        async for websocket in self.connect():
            try:
                while await self.more.wait():
                    while self.waiting:
                        text = self.waiting.popleft()
                        await websocket.send(text)
                    self.more.clear()
            except ConnectionClosed:
                continue
"""
)

NEWEST_FIRST = _with_run(
    """\
        async for websocket in self.connect():
            try:
                while await self.more.wait():
                    while self.waiting:
                        await websocket.send(self.waiting[-1])
                        self.waiting.pop()
                    self.more.clear()
            except ConnectionClosed:
                continue
"""
)

ONE_CONNECTION = _with_run(
    """\
        async with self.connect() as websocket:
            while await self.more.wait():
                while self.waiting:
                    await websocket.send(self.waiting[0])
                    self.waiting.popleft()
                self.more.clear()
"""
)

EXERCISE = Exercise(
    id="lost_messages.keeps_an_outbox",
    title="an outbox",
    task=(
        "Write `run`: it connects, again and again (`async for websocket in self.connect():`), "
        "waits until there is `more`, and sends what is `waiting`, the oldest first; then it "
        "clears `more`, so that it waits again. What was not sent must still be waiting when the "
        "next connection opens: a `deque` lets you look at the oldest without taking it. The "
        "check says things while the plug is in and while it is out."
    ),
    stub=STUB,
    hints=(
        "`await self.more.wait()` waits until something was said; `self.more.clear()` makes it "
        "wait again, once nothing is left.",
        "`websocket.send` raises `ConnectionClosed` if the connection has ended. What was taken "
        "out of `waiting` before that is lost: `self.waiting[0]` looks, `popleft()` takes.",
        "Inside `async for websocket in self.connect():`, put all the sending into a `try`, "
        "followed by `except ConnectionClosed: continue`, which goes on with the next connection.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(TAKEN_OUT_FIRST, "never heard bob#"),
        Mistake(NEWEST_FIRST, "which was sent earlier"),
        Mistake(ONE_CONNECTION, "ConnectionClosed"),
    ),
    judge=_judge,
    next=(
        "Somebody types a thousand lines in a tunnel. What should an outbox do with the first "
        "ones: send them all, only the last ten, or none that is older than a minute?"
    ),
)
