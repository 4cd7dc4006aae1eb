"""The JupyterLab that runs already, with a small server in its place (`test_lab.py` has a real)."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labkit.commands.running import find_address

Write = Callable[..., Path]


class Jupyter(http.server.BaseHTTPRequestHandler):
    """Tells its status to whoever knows the token; one with a password tells nobody."""

    def do_GET(self) -> None:
        """Answer as Jupyter does."""
        known = self.headers["Authorization"] == "token abc/123"
        self.send_response(200 if known and self.path == "/base/api/status" else 403)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Run the server, and return its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Jupyter) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_port}/base/"
        server.shutdown()


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> Write:
    """Return a function that writes a record as Jupyter's servers do, with some fields changed."""
    runtime, course = tmp_path / "runtime", tmp_path / "my cöurse"
    runtime.mkdir()
    course.mkdir()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(runtime))

    def write(**fields: Any) -> Path:
        record = {"pid": os.getpid(), "url": url, "root_dir": str(course), "token": "abc/123"}
        (runtime / "jpserver-1.json").write_text(json.dumps({**record, **fields}), "utf-8")
        return course

    return write


def test_the_one_that_runs_is_found(
    write: Write, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its address can be opened as it is, whatever proxies the environment names."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert find_address(write()) == f"{url}lab?token=abc/123"


def test_one_with_a_password_is_found(write: Write, url: str) -> None:
    """It has no token, and lets nobody in who does not know the password."""
    assert find_address(write(token="", password=True)) == f"{url}lab"


def test_one_with_another_folder_is_another(write: Write, tmp_path: Path) -> None:
    """A learner's other notebooks are not the course; nor is a folder that is gone."""
    course = write(root_dir=str(tmp_path))
    assert find_address(course) is None
    assert find_address(tmp_path / "not there yet") is None


def test_a_record_of_a_server_that_was_killed_is_stale(write: Write) -> None:
    """Its process is gone, or the number is another program's and nothing listens any more."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert find_address(write(pid=ended.pid)) is None
    assert find_address(write(url="http://127.0.0.1:1/")) is None


def test_another_server_at_its_address_is_another(write: Write) -> None:
    """Jupyter's servers take the same ports one after the other, and each has its own token."""
    assert find_address(write(token="of the one that was killed")) is None


@pytest.mark.parametrize("fields", [{"root_dir": None}, {"pid": "x"}, {"token": None}])
def test_a_damaged_record_is_none(write: Write, fields: dict[str, Any]) -> None:
    """Nothing is said about it: JupyterLab is started."""
    assert find_address(write(**fields)) is None


def test_without_records_nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a new machine not even the folder for records is there."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "none"))
    assert find_address(tmp_path) is None
