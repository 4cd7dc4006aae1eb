"""A client that comes back: it waits, says who it is, and knows when to stay away."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from labkit.bench.bench import Bench
from labkit.bench.starting import start_server
from labkit.clock import clock
from labkit.exercises.coming_back.host import WELCOME, Host
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.tried import tries
from labkit.exercises.visitors import PATIENCE
from labkit.transports.contract.expected import short_repr
from labkit.transports.websocket.learner_dialling import LearnerDial

WAIT = 0.03
"""Seconds (scaled) of each wait."""

HELLO = "I am alice"

REPLACED = 4001

IN_VAIN, HANG_UPS, UNANSWERED = 2, 3, 2
"""Attempts with the plug out, at a server that hangs up, and at one that hears the hello before."""

REFUSED = (1, 2 + IN_VAIN)
"""Which attempts fail with an OSError; others end within the handshake, or behind it."""


class _Trial:
    """A run of an answer: what it dialled, which waits it asked for, and what it heard."""

    def __init__(self, child: Bench) -> None:
        self.host = Host()
        self.steps: list[str] = []
        self.heard: list[Any] = []
        self.dials: list[float] = []
        self.asked = 0
        self.all_asked = 0
        self._child = child
        self._loop = asyncio.get_running_loop()

    async def begin(self, answer: Any) -> None:
        """Start the answer, in a task of its own."""
        server = await start_server(self._child, self.host.handler, "chat")
        self.link = await self._child.link(server, "alice", print)
        self.task = self._loop.create_task(answer(self._connect, self._delays, self._on_heard))
        self.task.add_done_callback(lambda _: self.host.changes.notify())

    def _connect(self, **options: Any) -> LearnerDial:
        return LearnerDial(self.link, self._on_dial, lambda _: None, lambda _: None, options)

    def _on_dial(self) -> None:
        self.dials.append(self._loop.time())
        self.host.changes.notify()
        if len(self.dials) in REFUSED:  # a closed port would do it, too, on Windows after seconds
            raise ConnectionRefusedError("nobody listens there")

    def _delays(self) -> Iterator[float]:
        self.asked = 0
        while True:
            self.asked += 1
            self.all_asked += 1
            yield clock.seconds(WAIT)

    def _on_heard(self, message: Any) -> None:
        self.heard.append(message)
        self.host.changes.notify()

    async def until_dialled(self, number: int) -> bool:
        """Wait for some more attempts, and return whether they were made."""
        wanted = len(self.dials) + number
        within = number * WAIT + PATIENCE
        await self.host.changes.until(lambda: self.task.done() or len(self.dials) >= wanted, within)
        return len(self.dials) >= wanted

    async def until_welcome(self, number: int) -> str:
        """Return what is missing until its n-th welcome, as a sentence, "" if nothing is."""
        host = self.host
        await host.changes.until(lambda: self.task.done() or len(host.hellos) >= number, PATIENCE)
        if host.hellos[number - 1 :] != [HELLO]:
            said = short_repr(host.hellos[number - 1]) if len(host.hellos) >= number else "nothing"
            return self.said(number, said)
        wanted = [*WELCOME] * number
        await host.changes.until(
            lambda: self.task.done() or len(self.heard) >= len(wanted), PATIENCE
        )
        if self.heard != wanted:
            return f"`heard` was called with {short_repr(self.heard)}."
        return ""

    def said(self, welcome: int, what: str) -> str:
        """Return what it said where it should have said hello for its n-th welcome."""
        number = welcome + self.host.unanswered
        return f"On connection number {number} with a server that listens, it said {what}."

    def wrong(self, expected: str, happened: str) -> Outcome:
        """Return the outcome; raises the answer's own exception if that has ended it."""
        if self.task.done():
            tries(expected, self.steps)
            self.task.result()
            happened = "It returned."
        return not_yet(expected, happened, "\n".join(self.steps))


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    trial = _Trial(child)
    await trial.begin(answer)
    try:
        return (
            await _judge_a_cut(trial)
            or await _judge_hanging_up(trial)
            or await _judge_a_good_one(trial)
            or await _judge_sent_away(trial)
        )
    finally:
        trial.task.cancel()


async def _judge_a_cut(trial: _Trial) -> Outcome | None:
    """Judge what it says first, and what it does while the plug is out."""
    trial.steps.append("its first attempt fails, and its second one does not")
    expected = f"It says {HELLO!r}, and passes what comes to `heard`."
    if found := await trial.until_welcome(1):
        return trial.wrong(expected, found)
    trial.steps.append("the plug is pulled")
    trial.link.cut()
    if not await trial.until_dialled(IN_VAIN):
        return trial.wrong("It tries to come back, again and again.", "It gave up.")
    return None


async def _judge_hanging_up(trial: _Trial) -> Outcome | None:
    """Judge how it waits at a server that accepts it, and hangs up without a word."""
    trial.steps.append(f"after {IN_VAIN} attempts, the plug is back; the server hangs up at once")
    trial.host.mood = "hang up"
    trial.link.restore()
    visits = trial.host.visits + HANG_UPS
    within = (HANG_UPS + 1) * WAIT + PATIENCE
    await trial.host.changes.until(lambda: trial.host.visits >= visits, within)
    if trial.host.visits < visits:
        return trial.wrong("It tries to come back, again and again.", "It gave up.")
    trial.steps.append("the server hears what is said first, and hangs up then")
    trial.host.mood = "hang up behind the hello"
    await trial.host.changes.until(lambda: trial.host.unanswered >= UNANSWERED, within)
    failed = len(trial.dials) - 2  # since its first connection
    if trial.host.unanswered < UNANSWERED:
        return trial.wrong(f"It says {HELLO!r} on each connection.", trial.said(2, "nothing"))
    expected = "Before each further attempt, it waits for what the next of `delays()` says."
    if trial.all_asked < failed + 1:
        return trial.wrong(expected, "It dialled again without a wait from `delays()`.")
    if trial.dials[-1] - trial.dials[2] < clock.seconds(WAIT) * (failed - 1) / 2:
        return trial.wrong(expected, "It asked for waits, and did not wait.")
    if trial.asked < failed:
        return trial.wrong(
            "As long as nothing is heard, it goes on with the same waits.",
            "It began with the first wait again, at a server that had not said a word.",
        )
    return None


async def _judge_a_good_one(trial: _Trial) -> Outcome | None:
    """Judge whether it says hello again, and forgets the failures after a message."""
    trial.steps.append("the server listens again, and welcomes whoever says hello")
    trial.host.mood = "welcome"
    expected = f"On each connection it says {HELLO!r}, and passes what comes to `heard`."
    if found := await trial.until_welcome(2):
        return trial.wrong(expected, found)
    for number, (code, why) in enumerate(((1012, "it restarts"), (1000, "all is said")), 3):
        trial.steps.append(f"the server closes with {code}: {why}")
        await trial.host.close(code, why)
        if found := await trial.until_welcome(number):
            return trial.wrong(expected, found)
    if trial.all_asked < len(trial.dials) - 1:
        told = "It dialled again without a wait from `delays()`."
        return trial.wrong("It waits before each further attempt, however it ended.", told)
    if trial.asked > 2:
        return trial.wrong(
            "After a connection on which it heard something, it begins with the first wait.",
            "It went on with the long waits.",
        )
    return None


async def _judge_sent_away(trial: _Trial) -> Outcome | None:
    """Judge whether it stays away when it should."""
    trial.steps.append(f"the server closes with {REPLACED}: alice is here on another device")
    before, changes = len(trial.dials), trial.host.changes
    await trial.host.close(REPLACED, "you are here on another device")
    await changes.until(lambda: trial.task.done() or len(trial.dials) > before, PATIENCE)
    if len(trial.dials) > before:
        return trial.wrong("It returns, and stays away.", f"It came back after {REPLACED}.")
    if not trial.task.done():
        return trial.wrong("It returns, and stays away.", "It did not return.")
    tries("It returns, and stays away.", trial.steps)
    trial.task.result()
    return None


STUB = """
import asyncio


async def stay_connected(connect, delays, heard): ...
"""

SOLUTION = """
import asyncio

from websockets.exceptions import ConnectionClosed, WebSocketException


async def stay_connected(connect, delays, heard):
    waits = delays()
    while True:
        try:
            async with connect() as websocket:
                await websocket.send("I am alice")
                while True:
                    heard(await websocket.recv())
                    waits = delays()
        except ConnectionClosed as error:
            if error.rcvd and error.rcvd.code == 4001:
                return
        except (OSError, WebSocketException):
            pass
        await asyncio.sleep(next(waits))
"""

HELLO_ONCE = SOLUTION.replace(
    """\
                await websocket.send("I am alice")
""",
    """\
                if first:
                    await websocket.send("I am alice")
                first = False
""",
).replace("    waits = delays()\n    while", "    waits, first = delays(), True\n    while")

ACCEPTED_IS_GOOD = SOLUTION.replace("                    waits = delays()\n", "").replace(
    "as websocket:\n", "as websocket:\n                waits = delays()\n"
)

NEVER_FORGETS = SOLUTION.replace("                    waits = delays()\n", "")

ALWAYS_BACK = SOLUTION.replace(
    """\
        except ConnectionClosed as error:
            if error.rcvd and error.rcvd.code == 4001:
                return
""",
    "",
)

EXERCISE = Exercise(
    id="coming_back.stays_connected",
    title="a client that comes back",
    task=(
        "Write `stay_connected`. `async with connect() as websocket:` connects, or raises what "
        'step 1 explains. On each connection it first says `"I am alice"`, because the server has '
        "forgotten her, and then calls `heard(message)` for whatever comes. Before each further "
        "attempt it waits: `waits = delays()` begins a series of waits, and `next(waits)` is the "
        "next one, in seconds. A new series begins only when a *message* has come. It comes back "
        "whatever ends a connection, with one exception: if the server closes with 4001 (*you are "
        "here on another device*), it returns."
    ),
    stub=STUB,
    hints=(
        "It is the loop of step 4, with another measure of success: not a clock, but the first "
        "call of `heard`.",
        "`async with connect()`, `send` and the loop over the messages are inside one `try`. "
        "After it, for whatever reason it ended, comes `await asyncio.sleep(next(waits))`.",
        "`waits = delays()` is in two places: once before the loop, and once where a message has "
        "come. Neither an open connection nor a hello that was sent is a success: a server may "
        "take both, and hang up without a word.",
        "`except ConnectionClosed as error:`, also from `websockets.exceptions`, has the server's "
        "close frame in `error.rcvd`, `None` if none came, and the code in `error.rcvd.code`. It "
        "goes before the `except` for the others.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(HELLO_ONCE, "On connection number 2 with a server that listens"),
        Mistake(ACCEPTED_IS_GOOD, "that had not said a word"),
        Mistake(NEVER_FORGETS, "It went on with the long waits"),
        Mistake(ALWAYS_BACK, "It came back after 4001"),
    ),
    judge=_judge,
    next=(
        "Two tabs with a client that comes back after 4001 would take turns for ever. Which other "
        "endings should a client take as an answer, not as an accident?"
    ),
)
