"""Fewer and simpler steps that fail as well as those of a failing run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from labkit.delivery.shrink import shrink
from labkit.delivery.step import Cut, CutAtMessage, Step
from labkit.delivery.steps import Steps


async def simplify(steps: Steps, fails: Callable[[Steps], Awaitable[bool]]) -> Steps:
    """Return steps that still fail, of which none can be left out or made simpler by itself."""

    async def part_fails(part: Sequence[Step]) -> bool:
        return await fails(steps.with_steps(part))

    before = None
    while steps != before:  # what is simpler may need fewer steps
        before = steps
        steps = steps.with_steps(await shrink(steps, part_fails))
        for simpler in simplifications(steps):
            candidate = simpler(steps)
            if candidate != steps and await fails(candidate):
                steps = candidate
    return steps


def simplifications(steps: Steps) -> list[Callable[[Steps], Steps]]:
    """Return what may make steps simpler, one thing each, to be tried in turns."""

    def changed(at: int, change: Callable[[Step], Step]) -> Callable[[Steps], Steps]:
        return lambda steps: steps.with_steps(
            change(step) if number == at else step for number, step in enumerate(steps)
        )

    def without(name: str) -> Callable[[Steps], Steps]:
        return lambda steps: steps.without_listener(name)

    places = range(len(steps))
    return [
        *(without(name) for name in steps.listeners),
        *(changed(at, _at_once) for at in places),
        lambda steps: with_pauses(steps, 0),
        *(changed(at, lambda step: replace(step, pause=0)) for at in places),
    ]


def with_pauses(steps: Steps, pause: int) -> Steps:
    """Return the same steps, each with the same pause."""
    return steps.with_steps(replace(step, pause=pause) for step in steps)


def _at_once(step: Step) -> Step:
    """Return a cut that waits for no message in place of one that does."""
    return Cut(step.client, pause=step.pause) if isinstance(step, CutAtMessage) else step
