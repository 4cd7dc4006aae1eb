"""`labkit check [NN ...]`: run notebooks and compare them with their stored outputs (nbval)."""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from labkit.commands.course import find_course
from labkit.commands.output import print_text
from labkit.exceptions import LabError

CONFIGURATION = Path(__file__).with_name("check.ini")
"""Options of pytest and nbval: the same in a clone and in an installation, and no other file's."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "numbers", nargs="*", metavar="NN", help="numbers of notebooks (default: all)"
    )


def run(options: argparse.Namespace) -> int:
    """Check the notebooks and print a line for each; return 1 if one differs."""
    course = find_course()
    paths = course.find(options.numbers)
    failed = 0
    for done, path in enumerate(paths):
        _bar(done, len(paths), path.name)
        started = time.monotonic()
        code, output = check(path, course.root)
        _bar(done + 1, len(paths), "")
        seconds = f"{time.monotonic() - started:.1f} s"
        if code == 0:
            print_text(f"ok    {path.name} ({seconds})")
        else:
            failed += 1
            print_text(f"FAIL  {path.name} ({seconds})")
            print_text("\n".join(f"      {line}" for line in failure_reasons(output)))
    print_text(f"{len(paths) - failed} of {len(paths)} notebooks match their stored outputs.")
    return 1 if failed else 0


def check(path: Path, root: Path) -> tuple[int, str]:
    """Run nbval over one notebook; return its exit code and output."""
    if importlib.util.find_spec("nbval") is None:
        raise LabError("Checking notebooks needs pytest and nbval: `pip install nbval`.")
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--color=no", "--noconftest"]
    command += ["-c", str(CONFIGURATION), f"--rootdir={root}", str(path)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}  # on Windows, a pipe's is not
    ended = subprocess.run(
        command,
        cwd=root,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        errors="replace",  # a cell may start a program that prints in another encoding
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


def failure_reasons(output: str) -> list[str]:
    """Return the lines of nbval's report that a teacher needs: which cell, expected, received."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    _, found, report = plain.partition("= FAILURES =")
    lines = [line.rstrip() for line in (report if found else plain).splitlines()]
    useful = [line for line in lines if line.strip("=_ ") and "short test summary" not in line]
    return useful[:40]


def _bar(done: int, total: int, name: str) -> None:
    """Draw a progress bar on a terminal; elsewhere the printed lines show the progress."""
    if not sys.stdout.isatty() or "NO_PROGRESS" in os.environ:
        return
    width = 24
    filled = width * done // total
    bar = f"[{'#' * filled}{'.' * (width - filled)}] {done}/{total} {name}"
    print(f"\r{bar:<78}" if name else f"\r{' ' * 78}\r", end="", flush=True)
