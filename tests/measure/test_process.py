"""Processes that are asked: answers, and what is said where there is none."""

from __future__ import annotations

import asyncio
import sys

import pytest

from labkit.exceptions import LabError
from labkit.measure.process import Process, running
from tests.conftest import soon, turn_loop
from tests.support.processes import children


def program(code: str) -> Process:
    """Return a process with a program of some lines, which reads lines and reports lines."""
    lines = "import json, sys\nread = sys.stdin.readline\n"
    write = "def write(**report): print(json.dumps(report), flush=True)\n"
    return Process("A program", (sys.executable, "-c", lines + write + code), {})


ENDS = "read()\nwrite(answer=0)\nread()\nraise ValueError('no such echo')"

SILENT = "read()\nwrite(answer=0)\nwhile read(): pass"

LATE = """
read()
write(answer=0)
while line := read():
    request = json.loads(line)
    if request["request"] != "slow":
        for number in range(1, request["number"] + 1):
            write(answer=number, number=number)
"""


async def test_a_process_that_ends_says_why() -> None:
    """Who asked it hears its last words, and so does whoever asks later."""
    process = program(ENDS)
    why = r"A program has ended \(exit status 1: ValueError: no such echo\), so it cannot answer"
    async with running(process):
        for request in ("echo", "echo once more"):
            with pytest.raises(LabError, match=f"{why} '{request}'"):
                await process.ask(request)
        assert repr(process) == "<Process 'A program': not running>"


async def test_a_process_that_does_not_answer() -> None:
    """A wait is bounded, and says for what and for how long."""
    async with running(process := program(SILENT)):
        with pytest.raises(LabError, match=r"did not answer 'echo' within 0.05 s.*too busy"):
            await process.ask("echo", within=0.05)


async def test_an_answer_that_comes_too_late() -> None:
    """It is not taken for the answer to the next request."""
    async with running(process := program(LATE)):
        with pytest.raises(LabError):
            await process.ask("slow", within=0)
        assert (await process.ask("quick"))["number"] == 2
        assert repr(process) == "<Process 'A program': running>"


async def test_a_process_that_does_not_run() -> None:
    """It has no number, cannot be asked, and can be stopped."""
    process = program(SILENT)
    with pytest.raises(LabError, match="A program does not run, so it cannot answer 'cpu'"):
        await process.read_cpu()
    assert process.pid is None
    process.end()
    await process.stop()


async def test_if_one_cannot_begin_none_is_left() -> None:
    """What says so is the one that failed."""
    before = children()
    fine, broken = program(SILENT), program("raise SystemExit('no library')")
    with pytest.raises(LabError, match=r"A program has ended \(exit status 1: no library\)"):
        async with running(fine, broken):
            raise AssertionError
    await soon(lambda: children() == before)


@pytest.mark.parametrize("times", [1, 2])
async def test_cancelled_before_they_have_begun(times: int) -> None:
    """No process is left, also if a second interrupt meets the end of the first."""
    before = children()
    never = "while read(): pass"

    async def measure() -> None:
        async with running(program(never), program(never)):
            raise AssertionError

    measuring = asyncio.ensure_future(measure())
    await soon(lambda: len(children()) == len(before) + 2)
    for _ in range(times):
        measuring.cancel()
        await turn_loop()
    with pytest.raises(asyncio.CancelledError):
        await measuring
    await soon(lambda: children() == before)
