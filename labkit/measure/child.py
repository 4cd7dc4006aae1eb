"""A process beside the kernel: told lines, it reports lines of JSON until its input ends.

It is started anew, not forked, so it is the same on each system; and by threads, not by asyncio,
because not each event loop can start processes. Whatever it writes that is no report, such as a
traceback, is kept: these are its last words if it ends by itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

STOP_TIMEOUT = 3.0
"""Seconds that a process gets to end. Not scaled: it is nobody's lesson."""

MAX_WORDS = 40
"""Lines kept of what is no report."""


def module_command(module: str) -> tuple[str, ...]:
    """Return the command that runs a module of labkit; no file of the learner's is imported."""
    return (sys.executable, "-P", "-m", module)


class Child:
    """A running program.

    Parameters
    ----------
    command
        What is run, such as `module_command` returns.
    told
        The line that it reads first. It is not given as an argument, which everybody on this
        machine could read.
    on_report
        Called with each report.
    on_ended
        Called when the process has ended, with its last words; "" if it was stopped.
    """

    def __init__(
        self,
        command: Sequence[str],
        told: str,
        on_report: Callable[[dict[str, Any]], None],
        on_ended: Callable[[str], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_report = on_report
        self._on_ended = on_ended
        self._words: deque[str] = deque(maxlen=MAX_WORDS)
        self._stopping = False
        self._ended = asyncio.Event()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            # neither Jupyter's interrupt nor Ctrl-C in a terminal reaches it
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        threading.Thread(target=self._read, name=f"labkit-{command[-1]}", daemon=True).start()
        self.tell(told)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def tell(self, line: str) -> None:
        """Write a line to its input, a short one: it waits until the process reads it."""
        assert self._process.stdin is not None
        with suppress(OSError, ValueError):  # it has ended already, or is told to end
            self._process.stdin.write(f"{line}\n".encode())

    def end(self) -> None:
        """Tell the process to end, and do not wait for it."""
        self._stopping = True
        self._close_input()

    async def stop(self) -> None:
        """End the process: by the end of its input, or after `STOP_TIMEOUT` by force."""
        self.end()
        try:
            await asyncio.wait_for(self._ended.wait(), STOP_TIMEOUT)
        except TimeoutError:
            self._process.kill()
            await self._ended.wait()

    def _close_input(self) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()

    def _read(self) -> None:
        """Read what it writes, on a thread, until it has ended."""
        assert self._process.stdout is not None
        rest = b""
        while piece := os.read(self._process.stdout.fileno(), 65536):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                self._take(line)
        self._take(rest)
        self._process.stdout.close()
        self._process.wait()
        self._hop(self._on_end)

    def _take(self, line: bytes) -> None:
        with suppress(ValueError):
            report = json.loads(line)
            if isinstance(report, dict):
                self._hop(self._on_report, report)
                return
        self._words.append(line.decode(errors="replace").rstrip())

    def _hop(self, function: Callable[..., None], *arguments: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: the kernel ends
            self._loop.call_soon_threadsafe(function, *arguments)

    def _on_end(self) -> None:
        self._close_input()
        self._ended.set()
        self._on_ended("" if self._stopping else self._last_words())

    def _last_words(self) -> str:
        code = self._process.returncode
        how = f"exit status {code}"
        if code < 0:
            with suppress(ValueError):
                how = f"killed by {signal.Signals(-code).name}"
        words = [line for line in self._words if line.strip()]
        return f"{how}: {words[-1]}" if words else how
