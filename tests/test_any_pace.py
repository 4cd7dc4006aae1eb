"""What a page says is true for somebody who reads slowly, too."""

from __future__ import annotations

import asyncio
from pathlib import Path

import nbformat
import pytest

from labkit.commands.check_copy import compared_outputs
from labkit.commands.notebook_client import make_client
from labkit.commands.refresh import tidy_notebook
from tests.support.notebooks import PATHS

SCALE = 0.5
"""Servers ping every 2.5 s (Socket.IO's in whole seconds: every 3 s), and give up 2.5 s later."""

PAUSE = 7.0
"""Seconds between two cells: more than two heartbeats, and than what ends a silent connection."""


async def read(**event: object) -> None:
    """Take the time that a person needs to read what a cell has shown."""
    await asyncio.sleep(PAUSE)  # sleeps: the pace is what is tested


async def differing(path: Path) -> list[str]:
    """Run a notebook slowly; return the sources of cells whose outputs are not the stored ones."""
    stored = nbformat.read(path, as_version=4)
    running = make_client(nbformat.read(path, as_version=4), path.parent)
    running.on_cell_complete = read
    run = await running.async_execute()
    tidy_notebook(run)
    return [
        after.source
        for before, after in zip(stored.cells, run.cells, strict=True)
        if before.cell_type == "code" and compared_outputs(before) != compared_outputs(after)
    ]


@pytest.mark.exhaustive
@pytest.mark.timeout(900)
async def test_a_slow_reader_sees_what_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """All notebooks, each in a kernel of its own, with a pause between any two cells."""
    monkeypatch.setenv("LABKIT_TIMESCALE", str(SCALE))
    found = await asyncio.gather(*map(differing, PATHS))
    assert dict(zip(PATHS, found, strict=True)) == {path: [] for path in PATHS}
