"""The kernel as a process beside it sees it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import pytest

from labkit.measure.process import Process, running
from tests.conftest import soon

PROGRAM = """
import asyncio, json
from labkit.measure.parent import answer_parent, read_told

async def twice(text):
    return {"text": 2 * text}

async def hang():
    await asyncio.Event().wait()

async def answer():
    told = json.loads(read_told())
    await answer_parent({"twice": twice, "hang": hang}, port=told["port"])

asyncio.run(answer())
"""


@pytest.fixture
async def process() -> AsyncIterator[Process]:
    """Run a program that answers."""
    process = Process("A program", (sys.executable, "-P", "-c", PROGRAM), {"port": 7})
    async with running(process):
        yield process


async def test_it_is_asked_and_answers(process: Process) -> None:
    """It reads what it was told first, then requests with their details, one after the other."""
    assert process.port == 7
    assert await process.ask("twice", text="ünï\n") == {"text": "ünï\nünï\n"}
    first, memory = await process.read_cpu(), await process.read_memory()
    assert first <= await process.read_cpu() < first + 1
    assert 2**22 < memory < 2**30


async def test_it_ends_with_its_input(process: Process) -> None:
    """At once, also while it has not answered yet."""
    assert process._child is not None
    process._child.tell('{"request": "hang", "number": 1}')
    await process.stop()
    assert process._child._process.returncode == 0


async def test_it_ends_with_the_kernel(process: Process) -> None:
    """When nobody holds the other end of its input any more."""
    assert process._child is not None
    process._child._close_input()
    await soon(lambda: process._ended_with is not None)
    assert process._ended_with == "exit status 0"
