"""What may make the steps of a failing run simpler, beside leaving some out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from labkit.delivery.step import Cut, CutAtMessage, Step
from labkit.delivery.steps import Steps


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
