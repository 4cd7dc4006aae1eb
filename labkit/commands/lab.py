"""`labkit lab`: open the working copy of the course in JupyterLab."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from labkit.commands.course import Course, find_course
from labkit.commands.ending import attend
from labkit.commands.hub import HubLab, find_hub_lab
from labkit.commands.output import print_text
from labkit.commands.running import find_address

SETTINGS = Path(__file__).resolve().parents[1] / "jupyter"
"""Configuration folder with `labconfig/default_setting_overrides.json`: defaults for this session,
which the user's settings override and which are stored nowhere."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments: all options of JupyterLab."""
    parser.epilog = "Further options go to JupyterLab: --port 9999, --no-browser ..."


def jupyterlab_command(course: Course, further: Sequence[str], is_root: bool) -> list[str]:
    """Return the command that starts JupyterLab on the course's first notebook."""
    first = "lab/tree/notebooks/" + course.find()[0].name
    return [
        sys.executable,
        "-P",  # a learner's `socket.py` beside the notebooks is not Python's
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={course.workspace}",
        f"--LabApp.default_url=/{first}",
        # which tabs are open: otherwise one list for all that a user opens with JupyterLab
        f"--LabApp.workspaces_dir={course.workspace / '.jupyterlab-workspaces'}",
        *_terminal(os.environ.get("SHELL")),
        *(["--allow-root"] if is_root else []),
        *further,
    ]


def _terminal(shell: str | None) -> list[str]:
    """Return options for terminals that keep this environment, with `labkit` on the PATH.

    Without them, a server that was not started in a terminal runs login shells, which may set
    another PATH. Windows has no login shells.
    """
    if os.name == "nt":
        return []
    return [f"--ServerApp.terminado_settings=shell_command={[shell or 'sh']!r}"]


def jupyterlab_environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for JupyterLab, which its kernels and terminals inherit.

    The shipped settings come first on its configuration path, and `labkit` is on the PATH.
    """

    def with_first(first: Path, variable: str) -> str:
        return os.pathsep.join(filter(None, [str(first), inherited.get(variable)]))

    return {
        **inherited,
        "JUPYTER_CONFIG_PATH": with_first(SETTINGS, "JUPYTER_CONFIG_PATH"),
        "PATH": with_first(Path(sys.executable).parent, "PATH"),
    }


def run(options: argparse.Namespace, further: Sequence[str]) -> int:
    """Update the working copy, then run JupyterLab until it ends, unless it runs already."""
    course = find_course()
    hub_lab = find_hub_lab()
    if hub_lab is not None:
        _open_on_hub(course, hub_lab)
        return 0
    address = find_address(course.workspace)
    if address is not None:
        print_text(f"The course is open already, in the JupyterLab at {address}")
        print_text("To start it again, end that one first: File > Shut Down, in its menu.")
        return 0
    for sentence in course.hand_out():
        print_text(sentence)
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root:
        print_text("You are the administrator (root): JupyterLab is started with --allow-root.")
    print_text(f"Your copy of the course: {course.copies}")
    return attend(
        jupyterlab_command(course, further, is_root),
        cwd=course.copies,  # where terminals open, from the menu as from the launcher
        env=jupyterlab_environment(os.environ),
    )


def _open_on_hub(course: Course, hub_lab: HubLab) -> None:
    """Update the working copy, and say where the JupyterLab that the hub started shows it."""
    path = hub_lab.find_path(course.copies / course.find()[0].name)
    for sentence in course.hand_out():
        print_text(sentence)
    print_text(f"Your copy of the course: {course.copies}")
    print_text("The hub has started your JupyterLab already. Open the first notebook there,")
    print_text(f"by its list of files: {path}")
    address = hub_lab.address(path)
    print_text(f"or {'after the name of the hub' if address.startswith('/') else 'at'}: {address}")
    if (course.root / "pyproject.toml").exists():
        print_text(
            "If its cells do not find labkit, run this in one of them, restart the kernel and "
            f'reload the page: %pip install -e "{course.root}"'
        )
