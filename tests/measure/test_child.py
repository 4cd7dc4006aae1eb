"""A process beside the kernel: reports, last words, and its end."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any

import pytest

from labkit.measure import child as module
from labkit.measure.child import Child, module_command
from tests.conftest import soon

pytestmark = pytest.mark.exhaustive


class Heard:
    """What a child told."""

    def __init__(self) -> None:
        self.reports: list[dict[str, Any]] = []
        self.words: list[str] = []

    def start(self, name: str, told: str = "{}") -> Child:
        """Start a module as a child."""
        return Child(module_command(name), told, self.reports.append, self.words.append)


async def test_reports_and_words() -> None:
    """Objects of JSON are reports; the last line of all else says why it ended."""
    heard = Heard()
    child = heard.start("json.tool", '{"a": 1}\nnone')  # which reads to the end of its input
    child._close_input()
    await soon(lambda: heard.words, within=20)
    assert heard.reports == []
    assert heard.words == ["exit status 1: Extra data: line 2 column 1 (char 9)"]


async def test_a_module_that_is_not_there() -> None:
    """A process that cannot begin ends with Python's own words."""
    heard = Heard()
    heard.start("labkit.nothing")
    await soon(lambda: heard.words, within=20)
    assert heard.words[0].endswith("No module named labkit.nothing")


async def test_lines_are_put_together() -> None:
    """Wherever the pieces are cut, a line is taken once."""
    heard = Heard()
    child = heard.start("labkit.nothing")
    await soon(lambda: heard.words, within=20)
    for line in (b'{"n": 1}', b"[1]", b"Traceback", b"\xff"):
        child._take(line)
    await soon(lambda: heard.reports)
    assert heard.reports == [{"n": 1}]
    assert list(child._words)[-3:] == ["[1]", "Traceback", "\ufffd"]


async def test_a_process_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopping is bounded, and a stopped process has no last words."""
    monkeypatch.setattr(module, "STOP_TIMEOUT", 0.2)
    heard = Heard()
    child = heard.start("http.server", "")  # which never reads its input
    await asyncio.wait_for(child.stop(), 10)
    assert heard.words == [""]
    await child.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
async def test_a_killed_process_says_so() -> None:
    """Somebody else's signal is named."""
    heard = Heard()
    child = heard.start("http.server")
    os.kill(child.pid, signal.SIGKILL)
    await soon(lambda: heard.words, within=10)
    assert heard.words == ["killed by SIGKILL"]
