"""Run the command that opens the course until its page answers, then end it, as a learner does.

    python .github/first_command.py python3 start.py --no-browser

Needs nothing but Python. The page's address is read from what the command prints. The page and the
notebook that it shows are asked for, then the server is told to shut down (as *File*, *Shut Down*
does). The exit code is 0 if all of it happened and the command ended with 0.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

ADDRESS = re.compile(r"(http://(?:localhost|127\.0\.0\.1):\d+)/lab/tree/(\S+?)\?token=(\w+)")
WITHIN = 20 * 60
"""Seconds for the set-up, on a machine that has nothing yet, and the start."""
LISTENS_WITHIN = 30
"""Seconds from the line with the address until somebody listens there."""
END_WITHIN = 60
"""Seconds for the end."""

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Failed(Exception):
    """The command did not do what the README promises."""


def print_all(running: subprocess.Popen[bytes], found: queue.SimpleQueue[str]) -> None:
    """Print what a program prints; put there the first line with an address, or "" at the end."""
    assert running.stdout is not None
    for line in running.stdout:
        text = line.decode("utf-8", "replace")
        print(text, end="", flush=True)
        if ADDRESS.search(text):
            found.put(text)
    found.put("")


def ask(url: str, token: str, *, post: bool = False) -> bytes:
    """Ask Jupyter's server and return its answer; an error status raises an OSError."""
    headers = {"Authorization": f"token {token}"}
    request = urllib.request.Request(url, b"" if post else None, headers)
    with DIRECT.open(request, timeout=60) as answer:
        return bytes(answer.read())


def wait_for(base: str) -> None:
    """Wait until somebody listens: Jupyter prints its address a moment before it does."""
    parts = urllib.parse.urlsplit(base)
    deadline = time.monotonic() + LISTENS_WITHIN
    while True:
        try:
            with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=5):
                return
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def visit(line: str) -> None:
    """Ask for the page and the notebook whose address is in a line, then shut the server down."""
    address = ADDRESS.search(line)
    assert address is not None
    base, path, token = address.groups()
    wait_for(base)
    if b"jupyter-config-data" not in ask(f"{base}/lab/tree/{path}", token):
        raise Failed("what answers is not JupyterLab's page")
    notebook = json.loads(ask(f"{base}/api/contents/{path}", token))
    if notebook["type"] != "notebook" or not notebook["content"]["cells"]:
        raise Failed(f"{urllib.parse.unquote(path)} is not a notebook with cells")
    ask(f"{base}/api/shutdown", token, post=True)


def end(running: subprocess.Popen[bytes]) -> None:
    """End a program that did not end by itself, and what it started."""
    if running.poll() is None and os.name == "nt":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(running.pid)], check=False)
    elif running.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
    running.wait()


def prove(command: list[str], within: float, end_within: float) -> None:
    """Run the command from its start to its end; raise `Failed` with what was not right."""
    found: queue.SimpleQueue[str] = queue.SimpleQueue()
    running = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=os.name != "nt",  # so that `end` reaches what it started
    )
    threading.Thread(target=print_all, args=(running, found), daemon=True).start()
    try:
        line = found.get(timeout=within)
        if not line:
            raise Failed(f"it ended without a page (exit code {running.wait(end_within)})")
        visit(line)
        code = running.wait(end_within)
    except queue.Empty:
        raise Failed(f"no page within {within:g} s") from None
    except subprocess.TimeoutExpired:
        raise Failed(f"it did not end within {end_within:g} s") from None
    finally:
        end(running)
    if code:
        raise Failed(f"it ended with exit code {code}")


def main() -> int:
    """Read the arguments, and say in one line how it went."""
    parser = argparse.ArgumentParser(description="Open the course, and see whether it is there.")
    parser.add_argument("--within", type=float, default=WITHIN, metavar="SECONDS")
    parser.add_argument("--end-within", type=float, default=END_WITHIN, metavar="SECONDS")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # Windows' code pages lack what pip draws
    try:
        prove(options.command, options.within, options.end_within)
    except (Failed, OSError, ValueError, KeyError) as error:
        verdict = f"FAILED: {error}"
    else:
        verdict = "ok: its page answered, and it ended when it was asked to"
    print(f"first_command: {' '.join(options.command)}: {verdict}", flush=True)
    return 0 if verdict.startswith("ok") else 1


if __name__ == "__main__":
    sys.exit(main())
