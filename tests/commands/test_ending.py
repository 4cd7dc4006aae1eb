"""Ending when told to, with small programs in JupyterLab's place (`test_lab.py` has the real)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import partial

import pytest

from labkit.commands.ending import attend, exit_code, leave, when_told
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")

ENDS_WELL = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit("the kernels are ended"))
print("ready", flush=True)
while True:
    # sleeps: a signal just before `signal.pause()` would be forgotten in it
    time.sleep(0.05)
"""

ATTEND = """
import os, pathlib, sys
from labkit.commands.ending import attend
sys.exit(attend([sys.executable, "-c", sys.argv[1]], pathlib.Path.cwd(), dict(os.environ)))
"""


def started(on_hangup: signal.Handlers = signal.SIG_DFL) -> subprocess.Popen[str]:
    """Start a process that attends a program, whatever this one does when its terminal closes."""
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", ATTEND, ENDS_WELL],
        cwd=ROOT,
        stdout=pipe,
        stderr=pipe,
        text=True,
        preexec_fn=partial(signal.signal, signal.SIGHUP, on_hangup),
    )


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_the_program_ends_first(name: str) -> None:
    """It is told, has the time to end well, and the exit code is the one of the signal."""
    number = signal.Signals[name]
    with started() as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stderr.read() == "the kernels are ended\n"
        assert process.wait(10) == 128 + number


def test_nohup_holds() -> None:
    """A process that ignores a closed terminal, as `nohup` makes it do, goes on."""
    with started(signal.SIG_IGN) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGHUP)
        process.terminate()
        assert process.wait(10) == 143


@pytest.mark.parametrize(
    ("code", "told"), [("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 137)]
)
def test_the_exit_code_goes_through(code: str, told: int) -> None:
    """What the program returns is returned; of one that a signal ended, as a shell says it."""
    assert attend([sys.executable, "-c", code], ROOT, dict(os.environ)) == told


def test_a_program_that_is_just_being_started_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal that comes before there is a process to pass it on to is not lost."""

    class Program(subprocess.Popen[bytes]):
        def __init__(self, command: Sequence[str], **options: object) -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            super().__init__(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", Program)
    pause = [sys.executable, "-c", "import signal; signal.pause()"]
    assert attend(pause, ROOT, dict(os.environ)) == 143


def test_handlers_come_back() -> None:
    """Afterwards signals are handled as before, and those that were ignored always were."""
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
        with when_told(leave):
            assert signal.getsignal(signal.SIGTERM) is leave
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        now = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
        assert now == before
    finally:
        signal.signal(signal.SIGHUP, former)


def test_it_leaves_with_the_code_of_a_shell() -> None:
    """143 for SIGTERM, 129 for SIGHUP."""
    assert (exit_code(signal.SIGTERM), exit_code(signal.SIGHUP)) == (143, 129)
    with pytest.raises(SystemExit) as caught:
        leave(signal.SIGTERM, None)
    assert caught.value.code == 143
