"""Delivery: what the checker of `labkit/delivery/` counts on both stacks under the same cuts.

Both servers relay to everybody, and promise nothing but "at most once". Between two steps of a run
everything arrives that can arrive; otherwise a stack whose messages take more turns of the loop
would have more of them on their way when the line is cut.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from labkit.bench import Bench
from labkit.delivery import Promise, Steps, run, workload
from labkit.exceptions import LabError
from labkit.measure.court.experiment import Figures
from labkit.measure.instruments.exact import exact

SEEDS = range(4)
"""Of the runs on each stack, each with its own cuts."""

MESSAGES, CUTS = 12, 2
"""In each run."""

PAUSE = 60
"""Turns of the loop between two steps; a text of Socket.IO's takes fewer than 30 to arrive."""

PROMISE = Promise("at most once", order="per sender", audience="everybody")


def _make_relay() -> Callable[[Any], Coroutine[Any, Any, None]]:
    """Return a handler that relays to everybody, as Socket.IO's finished chat does."""
    people: set[Any] = set()

    async def relay(websocket: Any) -> None:
        people.add(websocket)
        try:
            async for message in websocket:
                sending = (each.send(message) for each in tuple(people))
                await asyncio.gather(*sending, return_exceptions=True)
        finally:
            people.discard(websocket)

    return relay


async def _measure(bench: Bench) -> Figures:
    counts = {
        "websocket": await _count(_make_relay),
        "socketio": await _count("socketio"),
    }
    return {
        figure: {subject: count[kind] for subject, count in counts.items()}
        for figure, kind in (("lost", "lost"), ("out of order", "reordered"), ("owed", "owed"))
    }


async def _count(subject: Any) -> Counter[str]:
    """Return how many findings of each kind there are in all runs, whether excused or not.

    Raises
    ------
    LabError
        If a run was not carried out whole, as on a machine that is too busy.
    """
    counts: Counter[str] = Counter()
    for seed in SEEDS:
        trial = await run(subject, _steps(seed), PROMISE)
        verdict = trial.verdict
        if trial.errors or verdict is None:
            raise LabError(
                " ".join([*trial.errors, "Measure again when the machine is less busy."])
            )
        counts.update(finding.kind for finding in verdict.findings)
        counts["owed"] += verdict.counts.owed
    return counts


def _steps(seed: int) -> Steps:
    """Return steps with the same long pause after each."""
    steps = workload(3, messages=MESSAGES, cuts=CUTS, seed=seed)
    return steps.with_steps([replace(step, pause=PAUSE) for step in steps])


EXPERIMENT = exact(_measure)
