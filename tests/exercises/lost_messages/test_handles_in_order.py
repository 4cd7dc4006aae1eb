"""Right answers to handlers in order that are written otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.lost_messages.handles_in_order import EXERCISE

DEFAULTDICT = """
import asyncio
from collections import defaultdict


def in_order(handler):
    locks = defaultdict(asyncio.Lock)

    async def ordered(sid, text):
        async with locks[sid]:
            return await handler(sid, text)

    return ordered
"""

CHAIN = """
import asyncio


def in_order(handler):
    last = {}

    async def after(before, sid, text):
        if before:
            await asyncio.wait([before])
        return await handler(sid, text)

    async def ordered(sid, text):
        last[sid] = asyncio.ensure_future(after(last.get(sid), sid, text))
        return await last[sid]

    return ordered
"""


@pytest.mark.parametrize("source", [DEFAULTDICT, CHAIN], ids=["defaultdict", "chain"])
async def test_another_right_answer_is_done(source: str, patient_lab: ModuleType) -> None:
    """A dictionary that makes its locks, or a chain of tasks, keep the order as well."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "done", outcome


async def test_what_is_no_handler_is_told_so(lab: ModuleType) -> None:
    """An answer that returns nothing gets a card, and no traceback."""
    source = EXERCISE.solution.replace("    return ordered", "    ordered")
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet"
    assert outcome.happened == "It returned None."
