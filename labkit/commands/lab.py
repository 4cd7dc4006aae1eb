"""`labkit lab`: open the working copy of the course in JupyterLab."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from labkit.commands.course import Course, the_course

SETTINGS = Path(__file__).resolve().parents[1] / "jupyter"
"""Configuration folder with `labconfig/default_setting_overrides.json`: defaults for this start,
which the user's own settings override and which are stored nowhere."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments: whatever JupyterLab takes."""
    parser.epilog = "Further options go to JupyterLab: --port 9999, --no-browser ..."


def command(course: Course, further: Sequence[str], is_root: bool) -> list[str]:
    """Return the command that starts JupyterLab on the course's first notebook."""
    first = "lab/tree/notebooks/" + course.find()[0].name
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={course.workspace}",
        f"--LabApp.default_url=/{first}",
        *(["--allow-root"] if is_root else []),
        *further,
    ]


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for JupyterLab: the shipped settings come first on its path."""
    path = [str(SETTINGS)]
    if inherited.get("JUPYTER_CONFIG_PATH"):
        path.append(inherited["JUPYTER_CONFIG_PATH"])
    return {**inherited, "JUPYTER_CONFIG_PATH": os.pathsep.join(path)}


def run(options: argparse.Namespace, further: Sequence[str]) -> int:
    """Hand out the course, then run JupyterLab until it ends."""
    course = the_course()
    for sentence in course.hand_out():
        print(sentence)
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root:
        print("You are the administrator (root): JupyterLab is started with --allow-root.")
    print(f"Your copy of the course: {course.copies}", flush=True)
    # Ctrl-C reaches JupyterLab as well, which asks. KeyboardInterrupt in `wait` may lose the code.
    signal.signal(signal.SIGINT, lambda number, frame: None)
    return subprocess.call(command(course, further, is_root), env=environment(os.environ))
