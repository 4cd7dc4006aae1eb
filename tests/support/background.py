"""A server in a process of its own, which says in its output when it runs."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

PATIENCE = 40
"""Seconds within which a server must run."""


@contextlib.contextmanager
def background(command: Sequence[str], log: Path, sign: bytes, **options: Any) -> Iterator[None]:
    """Run a server until the block ends.

    Parameters
    ----------
    log
        A file to keep its output in.
    sign
        What a line of its output contains once it runs.
    options
        Of `subprocess.Popen`.
    """
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options
    ) as process:
        runs = threading.Event()
        reader = threading.Thread(target=_keep_log, args=(process, log, sign, runs))
        reader.start()
        try:
            assert runs.wait(PATIENCE), f"It did not run in {PATIENCE} s:\n{log.read_text('utf-8')}"
            assert process.poll() is None, f"It ended:\n{log.read_text('utf-8')}"
            yield
        finally:
            process.terminate()
            process.wait(20)
            reader.join()


def _keep_log(
    process: subprocess.Popen[bytes], log: Path, sign: bytes, runs: threading.Event
) -> None:
    """Write down what the server says; it says when it listens, and no more when it ends."""
    assert process.stdout is not None
    with log.open("wb", buffering=0) as kept:
        for line in process.stdout:
            kept.write(line)
            if sign in line:
                runs.set()
    runs.set()
