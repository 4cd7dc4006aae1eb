"""`labkit lab`; `tests/browser` uses the JupyterLab that it starts."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from labkit.commands.course import Course
from labkit.commands.lab import SETTINGS, jupyterlab_command, jupyterlab_environment


def test_it_opens_the_first_notebook_of_the_working_copy(tmp_path: Path) -> None:
    """JupyterLab starts in the working copy, with the learner's own options last."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00-start-here.ipynb").write_text("{}")
    words = jupyterlab_command(Course(tmp_path), ["--port", "9999"], is_root=False)
    assert words[0] == sys.executable
    assert f"--ServerApp.root_dir={tmp_path / 'my-course'}" in words
    assert "--LabApp.default_url=/lab/tree/notebooks/00-start-here.ipynb" in words
    assert words[-2:] == ["--port", "9999"]
    assert "--allow-root" not in words
    assert "--allow-root" in jupyterlab_command(Course(tmp_path), [], is_root=True)


def test_the_shipped_settings_come_first() -> None:
    """Whoever has a configuration path keeps it, behind labkit's; `labkit` is on the PATH."""
    assert jupyterlab_environment({})["JUPYTER_CONFIG_PATH"] == str(SETTINGS)
    assert shutil.which("labkit", path=jupyterlab_environment({})["PATH"])
    both = jupyterlab_environment({"JUPYTER_CONFIG_PATH": "/mine", "HOME": "/home/a"})
    assert both["JUPYTER_CONFIG_PATH"] == os.pathsep.join([str(SETTINGS), "/mine"])
    assert both["HOME"] == "/home/a"


def test_the_shipped_settings_say_what_they_should() -> None:
    """No news, no update check, no comms on subshells, and the system's theme."""
    file = SETTINGS / "labconfig" / "default_setting_overrides.json"
    settings = json.loads(file.read_text("utf-8"))
    notification = settings["@jupyterlab/apputils-extension:notification"]
    assert notification == {"fetchNews": "false", "checkForUpdates": False}
    kernels = settings["@jupyterlab/apputils-extension:kernels-settings"]
    assert kernels == {"commsOverSubshells": "disabled"}
    assert settings["@jupyterlab/apputils-extension:themes"] == {"adaptive-theme": True}
