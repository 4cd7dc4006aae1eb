"""`labkit doctor`: does this machine suit, and if not, what is to be done?"""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from labkit.commands.course import VARIABLE, the_course
from labkit.commands.lab import SETTINGS
from labkit.commands.output import say
from labkit.commands.spelling import spelled
from labkit.exceptions import LabError

Verdict = Literal["ok", "note", "bad"]


@dataclass(frozen=True)
class Row:
    """One finding.

    Attributes
    ----------
    verdict
        "ok"; "note" (works, but worth to know, or optional); "bad" (the course will not work).
    todo
        What to do, "" if nothing.
    """

    subject: str
    verdict: Verdict
    found: str
    todo: str = ""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(options: argparse.Namespace) -> int:
    """Examine, print, and return 1 if anything is bad."""
    rows = examine()
    say(_as_json(rows) if options.json else _as_table(rows))
    return 1 if any(row.verdict == "bad" for row in rows) else 0


def examine() -> list[Row]:
    """Return the findings, in the order in which they are shown."""
    checks: tuple[Callable[[], Row], ...] = (
        python,
        lambda: package("ipykernel", (7, 4), "older ones run widgets on other threads"),
        lambda: package("jupyterlab", (4, 6)),
        widgets,
        settings,
        course,
        working_copy,
        loopback,
        websocket,
        lambda: proxies(os.environ),
        free_port,
        blocked_loop,
        lambda: tool("Node", ("node",), "needed for some tests of the project only"),
        lambda: tool("Chromium", ("chromium", "chromium-browser", "google-chrome"), "as Node"),
        socketio_page,
        lambda: prefix(os.environ),
    )
    return [check() for check in checks]


def python() -> Row:
    """Python 3.11 or newer?"""
    version = "{}.{}.{}".format(*sys.version_info[:3])
    return Row("Python", "ok", version)  # an older one could not import this package


def package(name: str, minimum: tuple[int, int], why: str = "") -> Row:
    """Is a package there, and new enough?"""
    wanted = ".".join(map(str, minimum))
    again = "run `python3 start.py` in the course's folder"  # which installs; `labkit lab` does not
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Row(name, "bad", "not installed", again)
    if tuple(int(part) for part in version.split(".")[:2]) < minimum:
        reason = f" ({why})" if why else ""
        return Row(name, "note", f"{version}, made for {wanted} or newer{reason}", again)
    return Row(name, "ok", version)


def _broken(subject: str, error: Exception) -> Row:
    """Report what failed within this installation: a package, or labkit itself."""
    todo = "install labkit again (in a clone: delete the folder .venv, and start again)"
    return Row(subject, "bad", f"{type(error).__name__}: {error}", todo)


def widgets() -> Row:
    """Does JupyterLab of this environment find the extensions that draw widgets?"""
    wanted = ("@jupyter-widgets/jupyterlab-manager", "anywidget")
    roots = [Path(sys.prefix, "share", "jupyter", "labextensions")]
    missing = [name for name in wanted if not any((root / name).exists() for root in roots)]
    if missing:
        return Row(
            "widget extensions",
            "bad",
            f"missing: {', '.join(missing)}",
            f"JupyterLab and labkit must share one environment: start it by `{spelled('lab')}`",
        )
    return Row("widget extensions", "ok", "found")


def settings() -> Row:
    """Are the shipped defaults for JupyterLab there?"""
    if (SETTINGS / "labconfig" / "default_setting_overrides.json").exists():
        return Row("shipped settings", "ok", "found")
    return Row("shipped settings", "bad", "missing", "install labkit again")


def course() -> Row:
    """Does this installation hold the notebooks?"""
    try:
        count = len(the_course().find())
    except LabError as error:
        return Row("course", "bad", "not found", str(error))
    return Row("course", "ok", f"{count} notebooks")


def working_copy() -> Row:
    """Can the working copy be written?"""
    try:
        workspace = the_course().workspace
    except LabError:
        return Row("working copy", "note", "none without the course")
    existing = next(path for path in (workspace, *workspace.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        todo = f"name a folder of your own in the environment variable {VARIABLE}"
        return Row("working copy", "bad", f"{workspace} cannot be written", todo)
    return Row("working copy", "ok", str(workspace))


def loopback() -> Row:
    """Does a byte come back over TCP on this machine?"""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(3)
            with socket.create_connection(server.getsockname(), timeout=3) as client:
                peer, _ = server.accept()
                with peer:
                    client.sendall(b"x")
                    peer.settimeout(3)
                    answered = peer.recv(1) == b"x"
    except OSError as error:
        return Row("loopback TCP", "bad", str(error), "allow Python in the firewall for 127.0.0.1")
    back = "a byte came back" if answered else "another byte came back: a program is in between"
    return Row("loopback TCP", "ok" if answered else "bad", back)


def websocket() -> Row:
    """Does a message cross a chat on this machine?"""

    async def chat() -> None:
        from labkit import bench, verbs

        try:
            server = await verbs.serve("websocket", name="doctor")
            alice = await verbs.connect(server, "alice")
            bob = await verbs.connect(server, "bob")
            await bob.say("hello")
            await alice.hears("hello", within=5)
        finally:
            await verbs.close()
            bench.current().stop()

    try:
        asyncio.run(chat())
    except OSError as error:  # what cannot connect, and what does not arrive, is one as well
        todo = "a security program may interfere: allow Python for 127.0.0.1"
        return Row("loopback WebSocket", "bad", f"{type(error).__name__}: {error}", todo)
    except LabError as error:
        return Row("loopback WebSocket", "bad", "not tried", str(error))
    except Exception as error:
        return _broken("loopback WebSocket", error)
    return Row("loopback WebSocket", "ok", "two clients chat through links")


def proxies(environment: Mapping[str, str]) -> Row:
    """Do proxy variables lead local connections astray?"""
    names = [f"{scheme}_proxy" for scheme in ("http", "https", "all", "ws", "wss")]
    found = sorted({n for name in names for n in (name, name.upper()) if environment.get(n)})
    if not found:
        return Row("proxy variables", "ok", "none")
    return Row(
        "proxy variables",
        "note",
        ", ".join(found),
        "labkit's clients pass them by; in code of your own, `websockets.connect(..., proxy=None)`",
    )


def free_port() -> Row:
    """Can a port be had?"""
    try:
        with socket.create_server(("127.0.0.1", 0)):
            return Row("free port", "ok", "the system gives one")
    except OSError as error:
        return Row("free port", "bad", str(error), "close programs that hold many connections")


def blocked_loop() -> Row:
    """Does an event loop get the processor when it needs it?"""

    async def worst() -> float:
        late = 0.0
        for _ in range(20):
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            late = max(late, time.perf_counter() - before - 0.01)
        return late

    late = asyncio.run(worst())
    if late > 0.25:
        todo = "close what keeps the processor busy, or set LABKIT_TIMESCALE=2"
        return Row("event loop", "note", f"came up to {late * 1000:.0f} ms late", todo)
    return Row("event loop", "ok", "runs on time")


def tool(subject: str, commands: tuple[str, ...], optional: str) -> Row:
    """Is an optional program there?"""
    path = next(filter(None, map(shutil.which, commands)), None)
    if path is None:
        return Row(subject, "note", f"not found (optional: {optional})")
    try:
        answer = subprocess.run(
            [path, "--version"], capture_output=True, errors="replace", timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return Row(subject, "note", "found, but does not answer")
    return Row(subject, "ok", answer.stdout.strip() or "found")


def socketio_page() -> Row:
    """Is the JavaScript client there, which the page of a Socket.IO server uses?"""
    try:
        from labkit.transports.socketio import page

        package = json.loads((page.BUNDLE.parents[1] / "package.json").read_text("utf-8"))
        version = package["version"]
    except ImportError as error:
        return _broken("Socket.IO page", error)
    except (OSError, ValueError, KeyError):
        return Row(
            "Socket.IO page",
            "note",
            "its client is not installed (optional: the page speaks the protocol by hand)",
            "with Node, `npm install --no-package-lock --ignore-scripts` in the course's folder",
        )
    return Row("Socket.IO page", "ok", f"socket.io-client {version}")


def prefix(environment: Mapping[str, str]) -> Row:
    """Behind a hub's path prefix?"""
    base = environment.get("JUPYTERHUB_SERVICE_PREFIX", "/")
    if base == "/":
        return Row("base URL", "ok", "/ (no hub)")
    todo = "pages of servers open under .../proxy/PORT/; pass the hub's name as `hosts=`"
    return Row("base URL", "note", base, todo)


def _verdict(rows: list[Row]) -> str:
    bad = ", ".join(row.subject for row in rows if row.verdict == "bad")
    if bad:
        return f"This machine is not ready yet: {bad}."
    return "This machine is ready for the course."


def _as_json(rows: list[Row]) -> str:
    report = {
        "verdict": _verdict(rows),
        "suits": all(row.verdict != "bad" for row in rows),
        "rows": [asdict(row) for row in rows],
    }
    return json.dumps(report, indent=2)


def _as_table(rows: list[Row]) -> str:
    width = max(len(row.subject) for row in rows)
    lines = [_verdict(rows), ""]
    for row in rows:
        lines.append(f"{row.verdict:<5} {row.subject:<{width}}  {row.found}")
        if row.todo:
            lines.append(f"{'':<5} {'':<{width}}  -> {row.todo}")
    return "\n".join(lines)
