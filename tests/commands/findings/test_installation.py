"""What is installed."""

from __future__ import annotations

import importlib.metadata
import os
from pathlib import Path

import pytest

from labkit.commands import course
from labkit.commands.findings import installation
from labkit.transports.socketio.page import page


def test_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing is bad, old is worth a note, new is fine; each of the first two has a way out."""
    assert installation.package("labkit-that-is-not-there", (1, 0)).verdict == "bad"
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "6.31.0")
    finding = installation.package("ipykernel", (7, 4), "reason")
    assert finding.verdict == "note" and "6.31.0" in finding.found and "start.py" in finding.todo
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "8.0.0a1")
    assert installation.package("ipykernel", (7, 4)).verdict == "ok"


def test_the_course_and_the_copy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the course is missing, or the copy cannot be written, that is bad."""
    assert installation.course().verdict == installation.working_copy().verdict == "ok"
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setenv("LABKIT_COURSE", str(tmp_path / "new"))
    finding = installation.working_copy()
    assert finding.verdict == "bad" and "new cannot be written" in finding.found
    assert "LABKIT_COURSE" in finding.todo
    monkeypatch.setattr(course, "PACKAGE_FOLDER", tmp_path / "labkit")
    assert (installation.course().verdict, installation.working_copy().verdict) == ("bad", "note")


def test_an_optional_tool_is_no_fault() -> None:
    """What is optional and missing is a note."""
    assert installation.tool("Tool", ("no-such-program-here",), "optional").verdict == "note"


def test_the_client_of_the_socketio_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The version of the client is told; without it a note says how to get it."""
    monkeypatch.setattr(page, "BUNDLE", tmp_path / "socket.io-client" / "dist" / "bundle.js")
    finding = installation.socketio_page()
    assert finding.verdict == "note" and "not installed (optional" in finding.found
    assert "npm install" in finding.todo
    (tmp_path / "socket.io-client").mkdir()
    (tmp_path / "socket.io-client" / "package.json").write_text('{"version": "4.8.4"}')
    finding = installation.socketio_page()
    assert (finding.verdict, finding.found, finding.todo) == ("ok", "socket.io-client 4.8.4", "")
