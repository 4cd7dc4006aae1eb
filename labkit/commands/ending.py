"""Ending when told to: by `kill`, an IDE's stop button, or a terminal that is closed.

Such a signal reaches one process. Whatever that process has started would live on, with nobody
who could end it: JupyterLab, its kernels, and their ports.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)
"""What tells a process to end. Windows has SIGBREAK only: Ctrl-Break, or its console is closed."""


@contextlib.contextmanager
def when_told(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Call a handler for signals that tell this process to end, except ignored ones (`nohup`)."""
    former = {number: signal.getsignal(number) for number in SIGNALS}
    handled = {number: now for number, now in former.items() if now not in (signal.SIG_IGN, None)}
    for number in handled:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, before in handled.items():
            signal.signal(number, before)


def exit_code(number: int) -> int:
    """Return the exit code that a shell shows for a process which a signal has ended."""
    return 128 + number


def leave(number: int, frame: FrameType | None) -> None:
    """Handle a signal: end as an exception does, on which `subprocess.run` ends its program."""
    raise SystemExit(exit_code(number))


def attend(command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> int:
    """Run a program to its end, and end it when this process is told to end.

    Ctrl-C is left to the program, which the terminal tells as well: JupyterLab asks. (Not to be
    left to KeyboardInterrupt: one that comes while `wait` has just been answered loses the code.)

    Returns
    -------
    int
        Its exit code; of what a signal has ended, or this process was told by, a shell's.
    """
    told: list[int] = []
    running: subprocess.Popen[bytes] | None = None

    def end(number: int, frame: FrameType | None) -> None:
        told.append(number)
        if running is not None:
            running.terminate()

    former = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        with when_told(end):
            running = subprocess.Popen(command, cwd=cwd, env=env)
            if told:  # while it was being started
                running.terminate()
            code = running.wait()
    finally:
        signal.signal(signal.SIGINT, former)
    if told:
        return exit_code(told[0])
    return code if code >= 0 else exit_code(-code)
