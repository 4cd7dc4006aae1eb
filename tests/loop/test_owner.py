"""Whose a file is, and who runs the loop."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import socketio
import websockets

from labkit.loop import owner
from labkit.loop.owner import ASYNCIO, LEARNER, LIBRARY, SERVING, is_run_by_learner, owners


@pytest.mark.parametrize(
    ("filename", "whose"),
    [
        (__file__, LEARNER),
        ("/tmp/ipykernel_7/123.py", LEARNER),
        (asyncio.tasks.__file__, ASYNCIO),
        (websockets.__file__, LIBRARY),
        (socketio.__file__, SERVING),
        (owner.__file__, LIBRARY),
    ],
)
def test_a_file_has_one_owner(filename: str, whose: int) -> None:
    """A learner's, asyncio's, that of a library which makes many tasks, or another one's."""
    assert owners[str(Path(filename))] == whose


async def ask() -> bool:
    """Return the answer from within a task."""
    return is_run_by_learner()


def test_a_program_runs_its_own_loop() -> None:
    """Whether it starts the loop by `asyncio.run`, or by the loop's own methods."""
    assert asyncio.run(ask())
    loop = asyncio.new_event_loop()
    assert loop.run_until_complete(ask())
    loop.close()


async def test_a_loop_that_something_else_runs_is_not_the_learners() -> None:
    """As a kernel's, or here that of the test's runner; outside of a loop nothing is."""
    assert not is_run_by_learner()
    assert not await asyncio.to_thread(is_run_by_learner)
