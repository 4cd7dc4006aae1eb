"""Checks of the installation: Python, packages, JupyterLab's parts, the course, programs."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from labkit.commands.course import COURSE_VARIABLE, find_course
from labkit.commands.findings.finding import Finding, broken_installation
from labkit.commands.lab import SETTINGS
from labkit.commands.spelling import spell_command
from labkit.exceptions import LabError


def python() -> Finding:
    """Report the version of Python."""
    version = "{}.{}.{}".format(*sys.version_info[:3])
    return Finding("Python", "ok", version)  # an older one could not import this package


def package(name: str, minimum: tuple[int, int], why: str = "") -> Finding:
    """Check that a package is installed and recent enough."""
    wanted = ".".join(map(str, minimum))
    again = "run `python3 start.py` in the course's folder"  # which installs; `labkit lab` does not
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "bad", "not installed", again)
    if tuple(int(part) for part in version.split(".")[:2]) < minimum:
        reason = f" ({why})" if why else ""
        return Finding(
            name, "note", f"{version}; labkit is made for {wanted} or newer{reason}", again
        )
    return Finding(name, "ok", version)


def widgets() -> Finding:
    """Check that this environment's JupyterLab finds the extensions that draw widgets."""
    wanted = ("@jupyter-widgets/jupyterlab-manager", "anywidget")
    roots = [Path(sys.prefix, "share", "jupyter", "labextensions")]
    missing = [name for name in wanted if not any((root / name).exists() for root in roots)]
    if missing:
        return Finding(
            "widget extensions",
            "bad",
            f"missing: {', '.join(missing)}",
            f"JupyterLab and labkit must share one environment: run `{spell_command('lab')}`",
        )
    return Finding("widget extensions", "ok", "found")


def settings() -> Finding:
    """Check that the shipped defaults for JupyterLab are there."""
    if (SETTINGS / "labconfig" / "default_setting_overrides.json").exists():
        return Finding("shipped settings", "ok", "found")
    return Finding("shipped settings", "bad", "missing", "install labkit again")


def course() -> Finding:
    """Check that this installation has the notebooks."""
    try:
        count = len(find_course().find())
    except LabError as error:
        return Finding("course", "bad", "not found", str(error))
    return Finding("course", "ok", f"{count} notebooks")


def working_copy() -> Finding:
    """Check that the working copy can be written."""
    try:
        workspace = find_course().workspace
    except LabError:
        return Finding("working copy", "note", "none without the course")
    existing = next(path for path in (workspace, *workspace.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        todo = f"name a folder of your own in the environment variable {COURSE_VARIABLE}"
        return Finding("working copy", "bad", f"{workspace} cannot be written", todo)
    return Finding("working copy", "ok", str(workspace))


def socketio_page() -> Finding:
    """Check that the JavaScript client for the page of a Socket.IO server is installed."""
    try:
        from labkit.transports.socketio.page import page

        package = json.loads((page.BUNDLE.parents[1] / "package.json").read_text("utf-8"))
        version = package["version"]
    except ImportError as error:
        return broken_installation("Socket.IO page", error)
    except (OSError, ValueError, KeyError):
        return Finding(
            "Socket.IO page",
            "note",
            "its client is not installed (optional: the page then uses labkit's own)",
            "with Node, `npm install --no-package-lock --ignore-scripts` in the course's folder",
        )
    return Finding("Socket.IO page", "ok", f"socket.io-client {version}")


def tool(subject: str, commands: tuple[str, ...], optional: str) -> Finding:
    """Check that an optional program is installed."""
    path = next(filter(None, map(shutil.which, commands)), None)
    if path is None:
        return Finding(subject, "note", f"not found (optional: {optional})")
    try:
        answer = subprocess.run(
            [path, "--version"], capture_output=True, errors="replace", timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return Finding(subject, "note", "found, but does not answer")
    return Finding(subject, "ok", answer.stdout.strip() or "found")
