"""The learner's own client code that takes part in a run: what sends, and what receives."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from labkit.delivery.history import History
from labkit.delivery.participant import Dialler
from labkit.exceptions import LabError
from labkit.links import Link
from labkit.observable import Observable
from labkit.source_lines import source_line_of_traceback
from labkit.transports.websocket.learner_dialling import LearnerDial, Reported

COMES_BACK = 0.25
"""Seconds (scaled) that it gets to connect again after its plug was put back."""

SAYS = 0.25
"""Seconds (scaled) that it gets to say what a fault comes behind."""

ENDS = 0.3
"""Seconds that its tasks get to end once they are cancelled."""


class LearnerDialler(Dialler):
    """What a learner's code dials.

    Parameters
    ----------
    name, link, history, hears, can_say
        See `Dialler`.
    """

    def __init__(
        self, name: str, link: Link, history: History, *, hears: bool, can_say: bool
    ) -> None:
        super().__init__(name, link, history, hears=hears, can_say=can_say)
        self._open: dict[Reported, int] = {}
        self._dials: WeakSet[LearnerDial] = WeakSet()
        self._tasks: set[asyncio.Task[None]] = set()
        self.changes = Observable()

    @property
    def is_open(self) -> bool:
        """Whether it has a connection."""
        return bool(self._open)

    async def until_closed(self, within: float) -> None:
        """Wait until it has noticed that its link was cut, at most some seconds (scaled)."""
        await self.changes.until(lambda: not self.is_open, within)

    async def come(self) -> None:
        """Wait until it has connected, if something of it may: it dials by itself."""
        if self._tasks:
            await self.changes.until(lambda: self.is_open or not self._tasks, COMES_BACK)

    def connect(self, **options: Any) -> LearnerDial:
        """Return the library's ``connect(...)`` through this client's link, as the learner gets it.

        An attempt that fails is not recorded: the next one has its number.
        """
        dialled: list[int] = []

        def on_attempt() -> None:
            if not dialled:
                dialled.append(self.history.dial(self.name))

        def on_open(connection: Reported) -> None:
            self.number = self._open[connection] = dialled.pop()
            self.has_joined = False
            self.changes.notify()

        def on_over(connection: Reported) -> None:
            number = self._open.pop(connection, None)
            if number is not None:
                self._over(number, by_client=connection.has_left)
                self.changes.notify()

        dial = LearnerDial(self.link, on_attempt, on_open, on_over, options)
        self._dials.add(dial)
        return dial

    def heard(self, what: object) -> None:
        """Record what counts as delivered; the learner's code calls it."""
        self._heard(self.number, what)

    def begin(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Run a coroutine function; its errors are the answer's, and never the kernel's."""
        task = asyncio.get_running_loop().create_task(self._guarded(function, *arguments))
        self._tasks.add(task)
        task.add_done_callback(self._on_done)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.changes.notify()

    async def _guarded(self, function: Callable[..., Any], *arguments: Any) -> None:
        try:
            await _awaited(function(*arguments))
        except (Exception, SystemExit) as error:
            self.note(error)

    def note(self, error: BaseException) -> None:
        """Keep an error of the learner's code."""
        told = f": {error}" if str(error) else ""
        at = source_line_of_traceback(error.__traceback__)
        where = f", at {at}" if at else ""
        self.errors.append(f"{type(error).__name__}{told} (in {self.name}'s client{where})")

    async def end(self) -> None:
        """Cancel its tasks, and end its connections; who swallows a cancellation gets another."""
        for _ in range(3):
            tasks = {task for task in self._tasks if not task.done()}
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks, timeout=ENDS)
        for dial in tuple(self._dials):
            await dial.aclose()


class Sender(LearnerDialler):
    """A learner's sender: it says one message after the other.

    Parameters
    ----------
    make
        The learner's class: called with a function that connects, and with one to report what was
        heard, if it takes two arguments.
    acknowledged
        Whether its `say` returns once the message is acknowledged, as the promise says.
    name, link, history
        See `Dialler`.
    """

    def __init__(
        self,
        make: Callable[..., Any],
        name: str,
        link: Link,
        history: History,
        *,
        acknowledged: bool,
        hears: bool,
    ) -> None:
        super().__init__(name, link, history, hears=hears and takes_heard(make), can_say=True)
        self._acknowledged = acknowledged
        self._waiting: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()
        self._under_way = 0
        self._is_stuck = False
        arguments = (self.connect, self.heard) if takes_heard(make) else (self.connect,)
        self._made = make(*arguments)
        if not callable(getattr(self._made, "say", None)):
            raise LabError(
                f"A sender has a method `async def say(self, text)`, and {self._made!r} has none."
            )

    @property
    def can_speak(self) -> bool:
        """Whether it may say something now: it dials by itself, when it likes."""
        return self.can_say and self.link.state == "whole"

    @property
    def is_idle(self) -> bool:
        """Whether nothing that it was to say waits, or is under way."""
        return not self._under_way

    async def come(self) -> None:
        """Start what runs of it, and wait until it has connected, if it wants to be connected."""
        if not self._tasks:
            self.begin(self._say_all)
            await asyncio.sleep(0)  # it waits for its first message now: who is first in the steps
            if callable(run := getattr(self._made, "run", None)):
                self.begin(run)
                await super().come()
        elif self._under_way or len(self._tasks) > 1:
            await super().come()

    async def until_said(self) -> None:
        """Wait until nothing that it was to say is under way, unless its link is cut.

        One that did not end in time is not waited for again: each step would take as long.
        """
        if self._is_stuck:
            return

        def over() -> bool:
            return self.is_idle or self.link.state != "whole"

        watching = self.link.changes.subscribe(self.changes.notify)
        try:
            self._is_stuck = not await self.changes.until(over, SAYS)
        finally:
            watching()

    async def say(self, message: str) -> None:
        """Let it say a message, once those before have been said."""
        self._under_way += 1
        self._waiting.put_nowait((message, True))

    async def probe(self, text: str) -> None:
        """Let it say a probe or a barrier, which is not recorded."""
        self._under_way += 1
        self._waiting.put_nowait((text, False))

    async def _say_all(self) -> None:
        while True:
            what, is_recorded = await self._waiting.get()
            if is_recorded:
                await self._say_recorded(what)
            else:
                await self._call(what)
            self._under_way -= 1
            self.changes.notify()

    async def _say_recorded(self, message: str) -> None:
        history, number = self.history, self.number
        history.send(self.name, number, message)
        if not await self._call(history.text(message)):
            history.failed(self.name, self.number, message)
            return
        history.sent(self.name, self.number, message)
        if self._acknowledged:
            history.ack(self.name, self.number, message)

    async def _call(self, text: str) -> bool:
        """Call the learner's `say`, and return whether it returned."""
        try:
            await _awaited(self._made.say(text))
        except (Exception, SystemExit) as error:
            self.note(error)
            return False
        return True


class Receiver(LearnerDialler):
    """A learner's receiver: a coroutine function that connects and reports what it heard.

    Parameters
    ----------
    listen
        Called with a function that connects, and with one to report what was heard.
    name, link, history
        See `Dialler`.
    """

    def __init__(self, listen: Callable[..., Any], name: str, link: Link, history: History) -> None:
        super().__init__(name, link, history, hears=True, can_say=False)
        self._listen = listen

    async def come(self) -> None:
        """Start it, and wait until it has connected."""
        if not self._tasks:
            self.begin(self._listen, self.connect, self.heard)
        await super().come()

    async def say(self, message: str) -> None:
        """Say nothing: a receiver listens."""

    async def probe(self, text: str) -> None:
        """Say nothing: a receiver listens."""


def takes_heard(make: Callable[..., Any]) -> bool:
    """Return whether a sender is made with two arguments, so that it hears, too."""
    try:
        inspect.signature(make).bind(None, None)
    except (TypeError, ValueError):
        return False
    return True


async def _awaited(result: Any) -> None:
    """Await what a function of the learner's returned, if it can be awaited."""
    if inspect.isawaitable(result):
        await result
