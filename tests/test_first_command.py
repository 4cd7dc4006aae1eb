"""`.github/first_command.py`, with a small server in JupyterLab's place; the workflow runs both."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

FAKE = """
import http.server, json, sys, threading

behaviour = sys.argv[1]
PAGE, NOTEBOOK = "/lab/tree/notebooks/00-a.ipynb", "/api/contents/notebooks/00-a.ipynb"


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, body):
        known = self.headers["Authorization"] == "token abc123"
        self.send_response(200 if known and body else 404)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        page = b"" if behaviour == "no page" else b'<script id="jupyter-config-data">'
        cells = [] if behaviour == "no cells" else ["a cell"]
        notebook = {"type": "notebook", "content": {"cells": cells}}
        self.answer({PAGE: page, NOTEBOOK: json.dumps(notebook).encode()}.get(self.path, b""))

    def do_POST(self):
        self.answer(b"bye" if self.path == "/api/shutdown" else b"")
        if behaviour != "deaf":
            threading.Thread(target=server.shutdown).start()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
if behaviour == "early end":
    sys.exit(4)
if behaviour != "mute":
    sys.stdout.buffer.write("installing \\u2501\\u2501 \\xfc\\n".encode())
    print(f"  http://localhost:{server.server_port}{PAGE}?token=abc123", flush=True)
server.serve_forever(poll_interval=0.01)
sys.exit(3 if behaviour == "bad end" else 0)
"""


@pytest.mark.parametrize(
    ("behaviour", "verdict"),
    [
        ("well", "ok: its page answered"),
        ("mute", "no page within 1 s"),
        ("early end", "it ended without a page (exit code 4)"),
        ("no page", "HTTP Error 404"),
        ("no cells", "notebooks/00-a.ipynb is not a notebook with cells"),
        ("deaf", "it did not end within 0.5 s"),
        ("bad end", "it ended with exit code 3"),
    ],
)
def test_each_way_to_fail_is_told(tmp_path: Path, behaviour: str, verdict: str) -> None:
    """Only a page, its notebook, and an end that was asked for make the exit code 0."""
    (tmp_path / "fake.py").write_text(FAKE, "utf-8")
    script = [sys.executable, str(ROOT / ".github" / "first_command.py")]
    limits = ["--within", "1" if behaviour == "mute" else "30"]
    limits += ["--end-within", "0.5" if behaviour == "deaf" else "30"]
    command = [sys.executable, str(tmp_path / "fake.py"), behaviour]
    ended = subprocess.run(
        [*script, *limits, *command], stdout=subprocess.PIPE, encoding="utf-8", errors="replace"
    )
    assert verdict in ended.stdout.splitlines()[-1]
    assert ended.returncode == (0 if behaviour == "well" else 1)
