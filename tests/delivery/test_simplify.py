"""What may make steps simpler."""

from __future__ import annotations

from labkit.delivery.simplify import simplifications, simplify, with_pauses
from labkit.delivery.step import Back, Cut, CutAtMessage, Say
from labkit.delivery.steps import Steps

STEPS = Steps([CutAtMessage("bob", pause=3), Say("alice", pause=2), Back("bob")], ["carol"], 7)


def test_each_changes_one_thing() -> None:
    """Who listens, what waits for a message, all pauses, and then each one."""
    tried = [simpler(STEPS) for simpler in simplifications(STEPS)]
    cut, say, back = STEPS
    assert [each for each in tried if each != STEPS] == [
        Steps(STEPS, seed=7),
        STEPS.with_steps([Cut("bob", pause=3), say, back]),
        STEPS.with_steps([CutAtMessage("bob"), Say("alice"), back]),
        STEPS.with_steps([CutAtMessage("bob"), say, back]),
        STEPS.with_steps([cut, Say("alice"), back]),
    ]


def test_they_add_up() -> None:
    """Each works on what those before have made."""
    steps = STEPS
    for simpler in simplifications(STEPS):
        steps = simpler(steps)
    assert steps == Steps([Cut("bob"), Say("alice"), Back("bob")], ["bob", "alice"], 7)


def test_all_may_get_the_same_pause() -> None:
    """With the same clients and seed."""
    assert [step.pause for step in with_pauses(STEPS, 30)] == [30, 30, 30]
    assert with_pauses(STEPS, 30).clients == STEPS.clients


async def test_what_is_simpler_needs_fewer_steps() -> None:
    """Steps are left out and made simpler in turns, until neither helps."""

    async def fails(steps: Steps) -> bool:
        clients = [step.client for step in steps if isinstance(step, Say)]
        waits = any(isinstance(step, CutAtMessage) for step in steps)
        return "alice" in clients and (not waits or "bob" in clients) and len(steps) > len(clients)

    steps = Steps([CutAtMessage("carol", "downstream"), Say("bob"), Say("alice", pause=3)])
    assert list(await simplify(steps, fails)) == [Cut("carol"), Say("alice")]
