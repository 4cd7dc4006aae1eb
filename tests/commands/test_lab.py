"""`labkit lab`; `tests/browser` uses the JupyterLab that it starts."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import nbformat
import psutil
import pytest
from nbformat.v4 import new_notebook

from labkit.commands import lab
from labkit.commands.course import Course
from labkit.commands.lab import SETTINGS, jupyterlab_command, jupyterlab_environment, run
from labkit.exceptions import LabError
from tests.conftest import ROOT, soon
from tests.support.ports import free_port


def test_it_opens_the_first_notebook_of_the_working_copy(tmp_path: Path) -> None:
    """JupyterLab starts in the working copy, with the learner's own options last."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00-start-here.ipynb").write_text("{}")
    words = jupyterlab_command(Course(tmp_path), ["--port", "9999"], is_root=False)
    assert words[0] == sys.executable
    assert f"--ServerApp.root_dir={tmp_path / 'my-course'}" in words
    workspaces = tmp_path / "my-course" / ".jupyterlab-workspaces"
    assert f"--LabApp.workspaces_dir={workspaces}" in words
    assert "--LabApp.default_url=/lab/tree/notebooks/00-start-here.ipynb" in words
    assert words[-2:] == ["--port", "9999"]
    assert "--allow-root" not in words
    assert "--allow-root" in jupyterlab_command(Course(tmp_path), [], is_root=True)


def test_it_runs_where_the_notebooks_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that names no folder opens beside the notebooks: pages name files from there."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00-start-here.ipynb").write_text(nbformat.writes(new_notebook()))
    folders = []

    def attend(command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> int:
        folders.append(cwd)
        return 0

    monkeypatch.setattr(lab, "attend", attend)
    monkeypatch.setattr(lab, "find_course", lambda: Course(tmp_path))
    assert lab.run(argparse.Namespace(), []) == 0
    assert folders == [tmp_path / "my-course" / "notebooks"]
    assert (folders[0] / "00-start-here.ipynb").is_file()


@pytest.mark.exhaustive
def test_a_learners_file_does_not_keep_it_from_starting(tmp_path: Path) -> None:
    """JupyterLab imports Python's modules, and none of a learner's that has such a name."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00-start-here.ipynb").write_text("{}")
    (tmp_path / "socket.py").write_text("raise SystemExit('a file of the learner')")
    command = jupyterlab_command(Course(tmp_path), ["--version"], is_root=False)
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


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


@contextlib.contextmanager
def started(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Start `labkit lab` on a copy in a folder, with settings and a port of nobody's."""
    own = {
        "LABKIT_COURSE": str(folder / "course"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "labkit", "lab", "--no-browser", f"--port={port}"],
        cwd=ROOT,
        env={**os.environ, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=partial(signal.signal, signal.SIGHUP, signal.SIG_DFL),  # ignored under `nohup`
    ) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def record(folder: Path) -> dict[str, Any]:
    """Return what the server that runs has written down about itself."""
    (file,) = (folder / "runtime").glob("jpserver-*.json")
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def listens(port: int) -> bool:
    """Return whether somebody listens at a port."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def start_kernel(server: dict[str, Any]) -> None:
    """Let a server start a kernel."""
    headers = {"Authorization": f"token {server['token']}"}
    request = Request(f"{server['url']}api/kernels", data=b"{}", headers=headers)
    with build_opener(ProxyHandler({})).open(request, timeout=30) as answer:
        assert answer.status == 201


def test_on_a_hub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """There it hands out the copy, says where it is shown, and starts no JupyterLab of its own."""
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ann/")
    monkeypatch.setenv("JUPYTER_SERVER_ROOT", str(tmp_path))
    monkeypatch.setenv("LABKIT_COURSE", str(tmp_path / "my-course"))
    monkeypatch.delattr("labkit.commands.lab.attend")
    assert run(argparse.Namespace(), []) == 0
    path = "my-course/notebooks/00-start-here.ipynb"
    assert (tmp_path / path).exists()
    words = capsys.readouterr().out
    assert f"by its list of files: {path}" in words
    assert f"or after the name of the hub: /user/ann/lab/tree/{path}" in words
    assert f'%pip install -e "{ROOT}"' in words
    monkeypatch.setenv("LABKIT_COURSE", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("JUPYTER_SERVER_ROOT", str(tmp_path / "my-course"))
    with pytest.raises(LabError, match="shows only the files in"):
        run(argparse.Namespace(), [])
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.exhaustive
@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")
@pytest.mark.parametrize("told", ["by kill", "by kill -HUP", "by a terminal that is closed"])
async def test_nothing_lives_on(tmp_path: Path, told: str) -> None:
    """Who is told to end ends JupyterLab, its kernels and its port; until then it runs once."""
    number = signal.SIGTERM if told == "by kill" else signal.SIGHUP
    port = free_port()
    with started(tmp_path, port) as running:
        assert running.stdout is not None
        seen = list(itertools.takewhile(lambda line: "To access the" not in line, running.stdout))
        assert not any("Fail" in line for line in seen)  # nothing that a learner might worry about
        server = record(tmp_path)
        await soon(lambda: listens(server["port"]))  # it writes and says so before
        start_kernel(server)
        with started(tmp_path, port) as second:
            output, _ = second.communicate(timeout=30)
        assert second.returncode == 0 and record(tmp_path) == server
        assert f"open already, in the JupyterLab at {server['url']}lab?token=" in output
        below = psutil.Process(running.pid).children(recursive=True)
        assert any("ipykernel_launcher" in process.cmdline() for process in below)
        if told == "by a terminal that is closed":
            os.killpg(running.pid, number)  # all that it had started
        else:
            running.send_signal(number)
        assert running.wait(20) == 128 + number
        running.stdout.read()  # until all that could write into it have ended
    assert psutil.wait_procs(below, timeout=10)[1] == []
    assert not listens(server["port"])
