"""`labkit doctor`."""

from __future__ import annotations

import argparse
import json

import pytest

from labkit.commands import doctor
from labkit.commands.findings.finding import Finding


def test_this_machine_is_ready(capsys: pytest.CaptureFixture[str]) -> None:
    """One verdict, then a row for each subject; the code is 0."""
    assert doctor.run(argparse.Namespace(json=False)) == 0
    verdict, empty, *rows = capsys.readouterr().out.splitlines()
    assert verdict == "This machine is ready for the course." and empty == ""
    subjects = (
        "Python ipykernel jupyterlab loopback WebSocket proxy port loop Node Chromium Socket.IO "
        "URL shared"
    )
    assert all(any(subject in row for row in rows) for subject in subjects.split())


def test_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` holds the verdict and the rows."""
    assert doctor.run(argparse.Namespace(json=True)) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ready"] and len(report["rows"]) == 17
    assert set(report["rows"][0]) == {"subject", "verdict", "found", "todo"}


def test_what_is_bad_makes_the_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bad row is named in the verdict and says what to do; the code is 1."""
    bad = Finding("loopback TCP", "bad", "refused", "open the firewall")
    monkeypatch.setattr(doctor, "examine", lambda: [bad])
    assert doctor.run(argparse.Namespace(json=False)) == 1
    text = capsys.readouterr().out
    assert text.startswith("This machine is not ready yet: loopback TCP.")
    assert "-> open the firewall" in text
