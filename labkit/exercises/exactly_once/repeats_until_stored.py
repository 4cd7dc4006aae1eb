"""A sender repeats a message until it is acknowledged."""

from __future__ import annotations

from collections import Counter
from typing import Any

from labkit.bench.bench import Bench
from labkit.delivery import Back, Cut, CutAtMessage, Promise, Say, run, workload
from labkit.delivery.step import Step
from labkit.delivery.steps import Steps
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.runs import explain_run

PROMISE = Promise("at least once", acknowledged=True)

STORED = "Each text is stored, and acknowledged before `say` returns."
NOT_SENT = "A text that could not be sent is said again, on the next connection."
ON_ITS_WAY = "A text that was on its way when the line broke is said again."
AS_OFTEN = "A text is said again as often as it takes."
RAISES = "`say` goes on when a connection ends, and raises nothing."
ANSWER_LOST = "A text whose answer was lost is said again."

HANGS_UP = 4

CASES: tuple[tuple[str, list[Step] | Steps], ...] = (
    (STORED, [Say("alice"), Say("alice")]),
    (NOT_SENT, [Say("alice"), Cut("alice"), Say("alice"), Back("alice")]),
    (ON_ITS_WAY, [Say("alice"), CutAtMessage("alice"), Say("alice"), Back("alice")]),
    (
        ANSWER_LOST,
        [Say("alice"), CutAtMessage("alice", direction="downstream"), Say("alice"), Back("alice")],
    ),
    *((STORED, workload(clients=3, messages=12, cuts=3, seed=seed)) for seed in range(6)),
)


def _make_store() -> Any:
    texts: list[str] = []

    async def handler(websocket: Any) -> None:
        async for text in websocket:
            texts.append(text)
            await websocket.send("stored")

    async def stored() -> list[str]:
        return texts

    return handler, stored


def _make_stubborn_store() -> Any:
    """Return a store that hangs up on each text four times, and takes it then."""
    texts: list[str] = []
    attempts = Counter[str]()

    async def handler(websocket: Any) -> None:
        async for text in websocket:
            attempts[text] += 1
            if attempts[text] <= HANGS_UP:
                return
            texts.append(text)
            await websocket.send("stored")

    async def stored() -> list[str]:
        return texts

    return handler, stored


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    for expected, steps in CASES:
        found = await run(_make_store, steps, PROMISE, sender=answer)
        if told := explain_run(found):
            return not_yet(RAISES if found.errors else expected, *told)
    found = await run(_make_stubborn_store, [Say("alice")], PROMISE, sender=answer)
    if found.verdict is None or any(each.kind == "lost" for each in found.verdict.findings):
        happened = f"Alice's server hung up {HANGS_UP} times, and her text was not stored."
        return not_yet(AS_OFTEN, happened, "alice says\nthe server hangs up, again and again")
    return None


STUB = """
from websockets.exceptions import ConnectionClosed


class Sender:
    def __init__(self, connect):
        self.connections = aiter(connect())
        self.websocket = None

    async def say(self, text):
        if self.websocket is None:
            self.websocket = await anext(self.connections)
        ...
"""

CONNECT = """\
        if self.websocket is None:
            self.websocket = await anext(self.connections)
        ...
"""


def _with_say(body: str) -> str:
    return STUB.replace(CONNECT, body)


SOLUTION = _with_say(
    """\
        while True:
            if self.websocket is None:
                self.websocket = await anext(self.connections)
            try:
                await self.websocket.send(text)
                await self.websocket.recv()
                return
            except ConnectionClosed:
                self.websocket = None
"""
)

DOES_NOT_WAIT = _with_say(
    """\
        while True:
            if self.websocket is None:
                self.websocket = await anext(self.connections)
            try:
                await self.websocket.send(text)
                return
            except ConnectionClosed:
                self.websocket = None
"""
)

DOES_NOT_REPEAT = _with_say(
    """\
        if self.websocket is None:
            self.websocket = await anext(self.connections)
        try:
            await self.websocket.send(text)
            await self.websocket.recv()
        except ConnectionClosed:
            self.websocket = None
"""
)

KEEPS_THE_CONNECTION = _with_say(
    """\
        if self.websocket is None:
            self.websocket = await anext(self.connections)
        await self.websocket.send(text)
        await self.websocket.recv()
"""
)

EXERCISE = Exercise(
    id="exactly_once.repeats_until_stored",
    title="a sender that repeats",
    task=(
        "Complete `say`: it sends the text and waits for the server's answer, `stored`. If the "
        "connection ends before that, it says the text again on the next one, as often as it "
        "takes. It returns when the text is stored, and not before. The check breaks lines, even "
        "just as the text or the answer passes."
    ),
    stub=STUB,
    hints=(
        "`await self.websocket.recv()` returns with the answer, or raises `ConnectionClosed`.",
        "Put a `while True:` around everything, and a `return` after `recv`. When the connection "
        "has ended, `self.websocket = None` makes the next round take a new one.",
        "`try:` goes around `send` and `recv`; both may raise `ConnectionClosed`.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(DOES_NOT_WAIT, ON_ITS_WAY),
        Mistake(DOES_NOT_REPEAT, NOT_SENT),
        Mistake(KEEPS_THE_CONNECTION, RAISES),
    ),
    judge=_judge,
    next=(
        "If only the answer was lost, your sender says a text again that is stored already. Who "
        "could notice that, and how?"
    ),
)
