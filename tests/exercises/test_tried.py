"""What a judge tries now."""

from __future__ import annotations

import asyncio

from labkit.exercises.tried import tries, watch_tries


async def test_what_is_tried_last() -> None:
    """It is known to whoever watches the task, with the steps that were added since."""
    tried = watch_tries()
    assert (tried.expected, tried.case) == ("", "")
    steps = ["alice connects"]
    tries("It returns 1.", ["f()"])
    tries("Alice hears it.", steps)
    steps.append("alice says 'hi'")
    assert (tried.expected, tried.case) == ("Alice hears it.", "alice connects\nalice says 'hi'")


async def test_nobody_watches() -> None:
    """A judge that is called without a runner tells nobody, and another task sees nothing."""

    async def judge() -> None:
        tries("It returns 1.", ["f()"])

    tried = watch_tries()
    await asyncio.create_task(judge())
    assert tried.expected == "It returns 1."  # a task of the judge's own belongs to it
