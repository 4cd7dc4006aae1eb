"""Checking an answer: on a bench of its own, within 10 s, and without raising for a wrong one."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any

from labkit import bench
from labkit.bench import Bench
from labkit.clock import clock
from labkit.exceptions import LoopBlocked, LoopStillBlocked
from labkit.exercises.exercise import Exercise
from labkit.exercises.failures import explain_blocked, explain_failure, steady_text
from labkit.exercises.isolation import isolate
from labkit.exercises.kind import wrong_kind
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.tried import Tried, watch_tries
from labkit.exercises.untouched import is_untouched
from labkit.loop.background_errors import BackgroundError
from labkit.source_lines import source_line_of_coroutine
from labkit.transports.contract import Server

TEST_BUDGET = 5.0
"""Seconds (scaled, at least as many) that an exercise's judge gets."""

LEAVING_BUDGET = 1.0
"""Seconds (scaled) until all visitors have left and the servers have noticed."""

CANCEL_BUDGET = 0.5
"""Seconds (scaled) that an answer gets to end once it is cancelled."""

_MAX_ERRORS = 2
"""Background errors that are shown beside what a judge found."""


async def check_answer(exercise: Exercise, answer: Any) -> Outcome:
    """Check an answer to an exercise.

    Parameters
    ----------
    exercise
        The exercise.
    answer
        What the learner gave.
    """
    stub = exercise.answer_of(exercise.stub)
    if is_untouched(answer, stub):
        todo = f"Fill in `{exercise.answer_name}`, run its cell, and then this cell again."
        return Outcome("untouched", exercise.id, next=todo)
    wrong = wrong_kind(exercise, answer, stub)
    if wrong:
        found: Outcome | None = not_yet("An answer of the same kind as the stub.", wrong)
    else:
        found = await _Check(exercise, answer).run()
    if found is None:
        return Outcome("done", exercise.id, next=exercise.next)
    return replace(
        found,
        exercise=exercise.id,
        expected=steady_text(found.expected),
        happened=steady_text(found.happened),
        case=steady_text(found.case),
        where=steady_text(found.where),
        background=steady_text(found.background),
    )


class _Check:
    """One check of one answer, on a child bench."""

    def __init__(self, exercise: Exercise, answer: Any) -> None:
        self._exercise = exercise
        self._answer = answer
        self._bystander: asyncio.Task[Any] | None = None
        self._tried = Tried()

    async def run(self) -> Outcome | None:
        """Return what is wrong with the answer, None if it is right."""
        async with bench.current().child(f"the check of {self._exercise.id}") as child:
            self._bystander = asyncio.create_task(asyncio.Event().wait())
            try:
                return await self._run_on(child)
            except asyncio.CancelledError:
                cell = asyncio.current_task()
                if cell is None or not self._cancels_everything():
                    raise  # the learner interrupts the cell
                cell.uncancel()
                return not_yet(
                    "It cancels only tasks that it has made.",
                    "It cancelled every task of the loop, with those of your own clients.",
                )

    def _cancels_everything(self) -> bool:
        """Return whether somebody cancelled a task that nobody but the loop knows."""
        return self._bystander is not None and (
            self._bystander.cancelled() or self._bystander.cancelling() > 0
        )

    async def _run_on(self, child: Bench) -> Outcome | None:
        judging = asyncio.create_task(self._judge(child))
        await self._wait_for(judging, child)
        found = await self._outcome_of(judging)
        if found is None:
            await _leave(child)
        found = self._with_errors(await _take_errors(child), found)
        await child.close()
        stubborn = await child.monitor.end_tasks(CANCEL_BUDGET)
        if found is None and stubborn:
            return not_yet(
                "Its tasks end when they are cancelled: they let `CancelledError` out.",
                "A task swallowed its cancellation and goes on"
                + (f", at {stubborn[0]}." if stubborn[0] else "."),
            )
        return found

    async def _judge(self, child: Bench) -> Outcome | None:
        self._tried = watch_tries()
        return await self._exercise.judge(isolate(self._answer), child)

    async def _wait_for(self, judging: asyncio.Task[Any], child: Bench) -> None:
        """Wait until the judge has ended, its time is up, or something blocked the loop."""
        ended, errors = asyncio.Event(), child.monitor.background_errors
        judging.add_done_callback(lambda _: ended.set())

        def on_error() -> None:
            if errors.has(LoopBlocked, LoopStillBlocked):
                ended.set()

        unsubscribe = errors.changes.subscribe(on_error)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(TEST_BUDGET, clock.seconds(TEST_BUDGET))):
                    await ended.wait()
        finally:
            unsubscribe()

    async def _outcome_of(self, judging: asyncio.Task[Outcome | None]) -> Outcome | None:
        if not judging.done():
            at = source_line_of_coroutine(judging.get_coro())
            judging.cancel()
            await asyncio.wait({judging}, timeout=clock.seconds(CANCEL_BUDGET))
            where = f"; it was waiting at {at}." if at else "."
            return not_yet(
                f"It is done within {TEST_BUDGET:g} s.",
                f"After {TEST_BUDGET:g} s it was not" + where,
                self._tried.case,
            )
        if judging.cancelled():
            if self._cancels_everything():
                raise asyncio.CancelledError
            return not_yet("It returns.", "It cancelled the task that had called it.")
        error = judging.exception()
        if error is None:
            return judging.result()
        return explain_failure(self._exercise, error, self._tried)

    def _with_errors(self, errors: list[BackgroundError], found: Outcome | None) -> Outcome | None:
        """Return what a judge found, with the background errors, which may be the reason."""
        blocked = _blocked(errors)
        if blocked:
            return explain_blocked(blocked, self._tried)
        if found is None and errors:
            return not_yet(
                "Nothing goes wrong in the background, also when everybody leaves.", str(errors[0])
            )
        if found is None:
            return found
        unsaid = [str(error) for error in errors if error.what not in found.happened]
        return replace(found, background="\n".join(unsaid[:_MAX_ERRORS]))


def _blocked(errors: list[BackgroundError]) -> LoopBlocked | LoopStillBlocked | None:
    """Return the error of what blocked the loop, if something did."""
    for error in errors:
        if isinstance(error.exception, LoopBlocked | LoopStillBlocked):
            return error.exception
    return None


async def _take_errors(child: Bench) -> list[BackgroundError]:
    await child.monitor.settle()
    return child.take_errors()


async def _leave(child: Bench) -> None:
    """Let all visitors leave, one after the other: every second one by a cut line."""
    visitors = [client for client in child.clients.values() if client.state == "open"]
    with suppress(TimeoutError):
        async with asyncio.timeout(clock.seconds(LEAVING_BUDGET)):
            for number, client in enumerate(visitors):
                server = child.servers.get(client.link.leads_to)
                before = server.connection_count if server else 0
                if number % 2:
                    await client.close()
                else:
                    client.link.cut()
                if server:
                    await _until_fewer(server, before)


async def _until_fewer(server: Server, before: int) -> None:
    await server.changes.until(lambda: server.connection_count < before, LEAVING_BUDGET)
