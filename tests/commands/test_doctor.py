"""`labkit doctor`."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
from pathlib import Path

import pytest

from labkit import verbs
from labkit.clock import clock
from labkit.commands import course, doctor
from labkit.exceptions import ConnectError, NotHeard
from labkit.transports.socketio import page


def test_this_machine_suits(capsys: pytest.CaptureFixture[str]) -> None:
    """One verdict, then a row for each subject; the code is 0."""
    assert doctor.run(argparse.Namespace(json=False)) == 0
    verdict, empty, *rows = capsys.readouterr().out.splitlines()
    assert verdict == "This machine is ready for the course." and empty == ""
    subjects = (
        "Python ipykernel jupyterlab loopback WebSocket proxy port loop Node Chromium Socket.IO URL"
    )
    assert all(any(subject in row for row in rows) for subject in subjects.split())


def test_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` holds the verdict and the rows."""
    assert doctor.run(argparse.Namespace(json=True)) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["suits"] and len(report["rows"]) == 16
    assert set(report["rows"][0]) == {"subject", "verdict", "found", "todo"}


def test_what_is_bad_makes_the_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bad row is named in the verdict and says what to do; the code is 1."""
    bad = doctor.Row("loopback TCP", "bad", "refused", "open the firewall")
    monkeypatch.setattr(doctor, "examine", lambda: [bad])
    assert doctor.run(argparse.Namespace(json=False)) == 1
    text = capsys.readouterr().out
    assert text.startswith("This machine is not ready yet: loopback TCP.")
    assert "-> open the firewall" in text


def test_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing is bad, old is worth a note, new is fine; each of the first two has a way out."""
    assert doctor.package("labkit-that-is-not-there", (1, 0)).verdict == "bad"
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "6.31.0")
    row = doctor.package("ipykernel", (7, 4), "reason")
    assert row.verdict == "note" and "6.31.0" in row.found and "start.py" in row.todo
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "8.0.0a1")
    assert doctor.package("ipykernel", (7, 4)).verdict == "ok"


def test_proxies_and_prefix() -> None:
    """Proxy variables in either case, and a hub's prefix, are notes with advice."""
    assert doctor.proxies({}).verdict == "ok"
    row = doctor.proxies({"HTTP_PROXY": "http://proxy:3128", "no_proxy": "*"})
    assert (row.verdict, row.found) == ("note", "HTTP_PROXY") and "proxy=None" in row.todo
    assert doctor.prefix({}).verdict == "ok"
    row = doctor.prefix({"JUPYTERHUB_SERVICE_PREFIX": "/user/ann/"})
    assert (row.verdict, row.found) == ("note", "/user/ann/")


def test_the_course_and_the_copy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the course is missing, or the copy cannot be written, that is bad."""
    assert doctor.course().verdict == doctor.working_copy().verdict == "ok"
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setenv("LABKIT_COURSE", str(tmp_path / "new"))
    row = doctor.working_copy()
    assert row.verdict == "bad" and "new cannot be written" in row.found
    assert "LABKIT_COURSE" in row.todo
    monkeypatch.setattr(course, "PACKAGE", tmp_path / "labkit")
    assert (doctor.course().verdict, doctor.working_copy().verdict) == ("bad", "note")


def test_an_optional_tool_is_no_fault() -> None:
    """What is optional and missing is a note."""
    assert doctor.tool("Tool", ("no-such-program-here",), "optional").verdict == "note"


def test_the_client_of_the_socketio_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The version of the client is told; without it a note says how to get it."""
    monkeypatch.setattr(page, "BUNDLE", tmp_path / "socket.io-client" / "dist" / "bundle.js")
    row = doctor.socketio_page()
    assert row.verdict == "note" and "not installed (optional" in row.found
    assert "npm install" in row.todo
    (tmp_path / "socket.io-client").mkdir()
    (tmp_path / "socket.io-client" / "package.json").write_text('{"version": "4.8.4"}')
    row = doctor.socketio_page()
    assert (row.verdict, row.found, row.todo) == ("ok", "socket.io-client 4.8.4", "")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ImportError("No module named 'websockets.asyncio'"), "install labkit again"),
        (ConnectError("alice cannot connect"), "a security program may interfere"),
        (NotHeard("alice did not hear 'hello'"), "a security program may interfere"),
    ],
)
def test_why_no_message_crosses(
    monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    """Only what concerns the network is blamed on it."""

    async def serve(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(verbs, "serve", serve)
    row = doctor.websocket()
    assert row.verdict == "bad" and str(error) in row.found and words in row.todo


def test_a_variable_that_makes_no_sense(monkeypatch: pytest.MonkeyPatch) -> None:
    """A time scale that is none is named with what to do, and the other rows are there."""
    monkeypatch.setenv("LABKIT_TIMESCALE", "fast")
    monkeypatch.setattr(clock, "_scale", None)
    row = doctor.websocket()
    assert row.verdict == "bad" and "unset LABKIT_TIMESCALE" in row.todo
