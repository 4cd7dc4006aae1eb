"""Fallback: whether a default client still chats behind a middlebox, by the grid's cells."""

from __future__ import annotations

import asyncio

from labkit.bench import Bench
from labkit.measure.court.experiment import Figures
from labkit.measure.grid import try_cell
from labkit.measure.instruments.exact import exact

MIDDLEBOXES = ("nothing", "strip upgrade", "refuse upgrade", "drop upgrade", "require proxy")
"""Those of the grid that decide at the connect; with "drop upgrade", that is after 3 s (scaled)."""

SUBJECTS = ("websocket", "socketio")


async def _measure(bench: Bench) -> Figures:
    chats = await asyncio.gather(
        *(_chats(middlebox, subject) for middlebox in MIDDLEBOXES for subject in SUBJECTS)
    )
    each = iter(chats)
    return {middlebox: {subject: next(each) for subject in SUBJECTS} for middlebox in MIDDLEBOXES}


async def _chats(middlebox: str, subject: str) -> int:
    """Return 1 if a subject's client talks and hears behind a middlebox, otherwise 0."""
    return int((await try_cell(middlebox, subject)).verdict != "dies")


EXPERIMENT = exact(_measure)
