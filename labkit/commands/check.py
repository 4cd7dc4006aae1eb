"""`labkit check [NN ...]`: run notebooks and compare them with their stored outputs (nbval).

The course's own notebooks are checked, or with `--mine` the learner's copies of them.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from labkit.commands.check_copy import check_copy
from labkit.commands.course import Course, find_course
from labkit.commands.notebook_client import NOT_STARTED
from labkit.commands.output import print_text
from labkit.commands.spelling import spell_command
from labkit.exceptions import LabError
from labkit.working_copy import UNATTENDED

CONFIGURATION = Path(__file__).with_name("check.ini")
"""Options of pytest and nbval: the same in a clone and in an installation, and no other file's."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "numbers", nargs="*", metavar="NN", help="numbers of notebooks (default: all)"
    )
    parser.add_argument(
        "--mine",
        action="store_true",
        help="run your copy: unchanged cells are compared with the course's, others only run",
    )


def run(options: argparse.Namespace) -> int:
    """Check the notebooks and print a line for each; return 1 if one differs."""
    course = find_course()
    paths = course.find(options.numbers)
    print_text(_heading(course, options.mine))
    failed = 0
    for done, path in enumerate(paths):
        _bar(done, len(paths), path.name)
        started = time.monotonic()
        counted, wrong = _check_mine(course, path) if options.mine else _check_own(course, path)
        _bar(done + 1, len(paths), "")
        failed += bool(wrong)
        verdict = "FAIL  " if wrong else "ok    "
        print_text(f"{verdict}{path.name} ({time.monotonic() - started:.1f} s){counted}")
        for line in "\n".join(wrong).splitlines():
            print_text(f"      {line}")
    count = f"{len(paths) - failed} of {len(paths)} notebooks"
    if options.mine:
        print_text(
            f"{count} of your copy run, and their unchanged cells show what the course's do."
        )
    else:
        print_text(f"{count} match their stored outputs.")
    return 1 if failed else 0


def _heading(course: Course, is_mine: bool) -> str:
    if not is_mine:
        return (
            f"Checking the course's notebooks, in {course.notebooks}. "
            f"(`{spell_command('check --mine')}` checks your copy.)"
        )
    if not course.copies.is_dir():
        raise LabError(
            f"There is no copy of the course in {course.workspace} yet. "
            f"`{spell_command('lab')}` makes it, and opens it."
        )
    return (
        f"Checking your copy, in {course.copies}: unchanged cells are compared with the course's, "
        "changed and added ones only run."
    )


def _check_mine(course: Course, path: Path) -> tuple[str, list[str]]:
    try:
        counted, wrong = check_copy(course, path)
    except LabError as error:
        return "", [str(error)]
    return f", cells: {counted}", wrong


def _check_own(course: Course, path: Path) -> tuple[str, list[str]]:
    code, output = check(path, course.root)
    return "", (failure_reasons(output) or [f"nbval ended with {code}."]) if code else []


def check(path: Path, root: Path) -> tuple[int, str]:
    """Run nbval over one notebook, again if no kernel started; return its exit code and output."""
    if importlib.util.find_spec("nbval") is None:
        raise LabError("Checking notebooks needs pytest and nbval: `pip install nbval`.")
    code, output = _run_nbval(path, root)
    if code and any(text in output for text in NOT_STARTED):
        return _run_nbval(path, root)
    return code, output


def _run_nbval(path: Path, root: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--color=no", "--noconftest"]
    command += ["-c", str(CONFIGURATION), f"--rootdir={root}", str(path)]
    environment = {
        **os.environ,
        "PYTHONIOENCODING": "utf-8",  # on Windows, a pipe's is not
        UNATTENDED: "1",
    }
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
