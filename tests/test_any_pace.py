"""What a page says is true for somebody who reads slowly, too."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from labkit.commands.refresh import execute, tidy
from tests.support.notebooks import PATHS, compared

SCALE = 0.5
"""Servers ping every 2.5 s (Socket.IO's every 2 s), and give up 2.5 s later."""

PAUSE = 7.0
"""Seconds between two cells: more than two heartbeats, and than what ends a silent connection."""


async def read(**event: object) -> None:
    """Take the time that a person needs to read what a cell has shown."""
    await asyncio.sleep(PAUSE)


def differing(path: Path) -> list[str]:
    """Run a notebook slowly; return the sources of cells whose outputs are not the stored ones."""
    stored = nbformat.read(path, as_version=4)
    run = execute(nbformat.read(path, as_version=4), path.parent, on_cell_complete=read)
    tidy(run)
    return [
        after.source
        for before, after in zip(stored.cells, run.cells, strict=True)
        if before.cell_type == "code" and compared(before) != compared(after)
    ]


@pytest.mark.exhaustive
def test_a_slow_reader_sees_what_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """All notebooks, each in a kernel of its own, with a pause between any two cells."""
    monkeypatch.setenv("LABKIT_TIMESCALE", str(SCALE))
    with ThreadPoolExecutor(len(PATHS)) as threads:
        found = dict(zip((path.name for path in PATHS), threads.map(differing, PATHS), strict=True))
    assert found == {path.name: [] for path in PATHS}
