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
from labkit.commands.output import say

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
        *_terminal(os.environ.get("SHELL")),
        *(["--allow-root"] if is_root else []),
        *further,
    ]


def _terminal(shell: str | None) -> list[str]:
    """Return options for a terminal that keeps this environment, and finds `labkit` on its PATH.

    Without them, a server that was not started in a terminal runs a login shell, which may set a
    PATH of its own. Windows has no such shells.
    """
    if os.name == "nt":
        return []
    return [f"--ServerApp.terminado_settings=shell_command={[shell or 'sh']!r}"]


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for JupyterLab, of which its kernels and terminals inherit.

    The shipped settings come first on its path, and the command `labkit` is found.
    """

    def with_first(first: Path, variable: str) -> str:
        return os.pathsep.join(filter(None, [str(first), inherited.get(variable)]))

    return {
        **inherited,
        "JUPYTER_CONFIG_PATH": with_first(SETTINGS, "JUPYTER_CONFIG_PATH"),
        "PATH": with_first(Path(sys.executable).parent, "PATH"),
    }


def run(options: argparse.Namespace, further: Sequence[str]) -> int:
    """Hand out the course, then run JupyterLab until it ends."""
    course = the_course()
    for sentence in course.hand_out():
        say(sentence)
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root:
        say("You are the administrator (root): JupyterLab is started with --allow-root.")
    say(f"Your copy of the course: {course.copies}")
    # Ctrl-C reaches JupyterLab as well, which asks. KeyboardInterrupt in `wait` may lose the code.
    signal.signal(signal.SIGINT, lambda number, frame: None)
    return subprocess.call(
        command(course, further, is_root),
        cwd=course.workspace,  # where terminals open
        env=environment(os.environ),
    )
