"""What carries out the steps of one run, and waits until nothing more is to come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from labkit.clock import clock
from labkit.delivery.finding import Verdict
from labkit.delivery.history import History
from labkit.delivery.judge import judge
from labkit.delivery.legs import Leg, leg_promise, read_from_store, read_to_store
from labkit.delivery.participant import Dialler, Participant
from labkit.delivery.promise import Promise
from labkit.delivery.step import Back, Cut, CutAtMessage, Say, Step
from labkit.delivery.steps import Steps
from labkit.delivery.subject import Stored, read_store

EAGER = 40
"""Turns of the loop in which nothing happens before a wait sleeps between its looks; a message
takes about twelve to everybody."""

LOOK = 0.005
"""Seconds (scaled) between two looks then. In each of them the loop turns at least once, so a busy
machine does not pass for a quiet run."""

QUIET_FOR_BARRIER = 4
"""Looks in which nothing happens until late duplicates are not waited for any more."""

PROBES = 2
"""Probes of each sender until it is given up that they reach those who have just connected."""


class Conductor:
    """Carries out the steps of one run.

    Parameters
    ----------
    participants
        Those who take part, not connected yet.
    history
        Where it is recorded.
    promise, leg
        By what it is judged.
    stored
        Returns what is in the store; None without a store.
    patience
        Seconds (scaled) in which nothing happens until what is missing is not waited for any more.
    on_change
        Called when something has happened.
    """

    def __init__(
        self,
        participants: Sequence[Participant],
        history: History,
        promise: Promise,
        leg: Leg,
        stored: Stored | None,
        patience: float,
        on_change: Callable[[], None],
    ) -> None:
        self._people = {each.name: each for each in participants}
        self._history = history
        self._promise = promise
        self._leg = leg
        self._stored = stored
        self._quiet = round(patience / LOOK)
        self._on_change = on_change
        self._has_said = False
        self._given_up: set[tuple[Dialler, int]] = set()

    @property
    def _diallers(self) -> list[Dialler]:
        return [dialler for each in self._people.values() for dialler in each.diallers]

    @property
    def _listeners(self) -> list[Dialler]:
        return [each for each in self._diallers if each.hears and each.is_open]

    @property
    def _speakers(self) -> list[Dialler]:
        return [each for each in self._diallers if each.can_speak]

    async def conduct(self, steps: Steps) -> None:
        """Connect everybody, carry out the steps, and wait until nothing more is to come."""
        for each in self._people.values():
            await each.come()
        if any(isinstance(step, Say) for step in steps):
            await self._prove()
        for number, step in enumerate(steps):
            await self._carry_out(step)
            if isinstance(step, Back) and any(isinstance(each, Say) for each in steps[number:]):
                await self._prove()
            self._on_change()
            for _ in range(step.pause):
                await asyncio.sleep(0)
        for each in self._people.values():
            each.disarm()
            await each.settle()
        if await self._is_complete_in_time() and self._has_said:
            await self._wait_for_late_ones()

    async def _carry_out(self, step: Step) -> None:
        for each in self._people.values():
            await each.settle()  # a message has pulled a plug
        person = self._people[step.client]
        if not isinstance(step, Say):
            await person.until_said()
        if isinstance(step, Say):
            self._has_said = True
            await person.say(self._history.new_message(step.client))
        elif isinstance(step, Cut):
            await person.cut()
        elif isinstance(step, CutAtMessage):
            person.cut_at_message(step.direction)
        elif isinstance(step, Back):
            await person.back()

    async def _prove(self) -> None:
        """Let each open listener hear something, which proves that the server knows it.

        That its connection is open proves nothing: a handler may register it later.
        """
        for _ in range(PROBES):
            for speaker in self._speakers:
                new = self._find_unproved()
                if not new:
                    return
                if new != [speaker] or self._promise.is_for(speaker.name, speaker.name):
                    await self._prove_by(speaker)
        self._given_up |= {(each, each.number) for each in self._find_unproved()}

    async def _prove_by(self, speaker: Dialler) -> None:
        """Let a speaker say a probe, and wait until all others have heard it."""
        await speaker.probe(self._history.probe())
        await self._wait(lambda: not set(self._find_unproved()) - {speaker}, QUIET_FOR_BARRIER)

    def _find_unproved(self) -> list[Dialler]:
        """Return the open listeners of which nothing proves yet that the server knows them.

        What is owed to an identity is owed to all its connections, once one of them was proved.
        """
        return [
            each
            for each in self._listeners
            if not (each.has_ever_joined if self._promise.is_to_identity else each.has_joined)
            and (each, each.number) not in self._given_up
        ]

    async def judge(self) -> Verdict:
        """Judge what has happened so far, on the leg that was asked for."""
        return judge(await self.read_leg(), leg_promise(self._promise, self._leg))

    async def read_leg(self) -> History:
        """Return what has happened so far, as the leg sees it."""
        if self._stored is None or self._leg == "whole":
            return self._history
        rows = await read_store(self._stored)
        read = read_to_store if self._leg == "to store" else read_from_store
        return read(self._history, rows)

    async def _is_complete_in_time(self) -> bool:
        """Wait until nothing is missing without an excuse; return False once nothing happens.

        What is on its way to a store shows itself in the store alone, and is waited for there. What
        is complete is given some turns: a server that hangs up does so behind its last message.
        """
        if not await self._wait(lambda: self._is_idle, self._quiet):
            return False
        while True:
            is_complete = self._leg == "to store" or not (await self.judge()).broken
            if not await self._until_recorded(
                len(self._history), 0 if is_complete else self._quiet
            ):
                return is_complete

    async def _until_recorded(self, known: int, quiet: int) -> bool:
        """Wait until more events are recorded than are known; return whether that happened."""
        return await self._wait(lambda: len(self._history) > known, quiet)

    @property
    def _is_idle(self) -> bool:
        return all(each.is_idle for each in self._diallers)

    async def _wait_for_late_ones(self) -> None:
        """Let each open sender say one thing more, and wait until it is heard.

        A duplicate of what was said before is heard by then, if it passed the same way.
        """
        for each in self._diallers:
            each.records_ends = False
        barriers = []
        for speaker in self._speakers:
            text = self._history.probe()
            await speaker.probe(text)
            barriers.append((speaker, text))
        if self._leg == "to store":
            await self._wait_for_rows([text for _, text in barriers])
            return
        await self._wait(
            lambda: all(self._is_heard(speaker, text) for speaker, text in barriers),
            QUIET_FOR_BARRIER,
        )

    def _is_heard(self, speaker: Dialler, text: str) -> bool:
        """Return whether everybody who is to hear a barrier has heard it."""
        is_for_all = self._leg == "from store"
        return not speaker.can_speak or all(
            any(text in heard for heard in each.probes)
            for each in self._listeners
            if is_for_all or self._promise.is_for(speaker.name, each.name)
        )

    async def _wait_for_rows(self, texts: Sequence[str]) -> None:
        """Wait until all texts are in the store, at most for some looks."""
        assert self._stored is not None
        for _ in range(self._quiet):
            rows = [str(row) for row in await read_store(self._stored)]
            if self._is_idle and all(any(text in row for row in rows) for text in texts):
                return
            await asyncio.sleep(clock.seconds(LOOK))

    async def _wait(self, condition: Callable[[], bool], quiet: int) -> bool:
        """Wait until a condition holds; give up after some looks in which nothing has happened."""
        silent, length = 0, len(self._history)
        while not condition():
            if silent >= EAGER + quiet:
                return False
            await asyncio.sleep(0 if silent < EAGER else clock.seconds(LOOK))
            silent = 0 if len(self._history) != length else silent + 1
            if silent == 0:
                length = len(self._history)
                self._on_change()
        return True
