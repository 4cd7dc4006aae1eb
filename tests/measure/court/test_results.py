"""What was measured, and is kept."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from pathlib import Path

import pytest

from labkit.measure.court import results as module
from labkit.measure.court.results import FILE, VERSION, Results, describe_machine
from labkit.working_copy import UNATTENDED
from tests.conftest import ROOT

WHERE = "all in one process"
REPEATS = ({"latency": {"socketio": 2.0, "websocket": 1.0}},)


def test_a_fresh_kernel_sees_what_was_measured(working_copy: Path) -> None:
    """With all repeats, when, and on which machine; only the kernel that measured says so."""
    one = Results()
    one.record("echo", WHERE, REPEATS)
    mine, kept = one.measured()["echo"], Results().measured()["echo"]
    assert mine.is_here and not kept.is_here
    assert (kept.repeats, kept.topology) == (REPEATS, WHERE)
    assert (kept.at, kept.machine) == (mine.at, describe_machine())
    assert json.loads((working_copy / FILE).read_text("utf-8"))["version"] == VERSION


def test_the_last_measurement_counts(working_copy: Path) -> None:
    """By whichever kernel; other experiments of other kernels stay."""
    one, other = Results(), Results()
    one.record("echo", WHERE, REPEATS)
    other.record("memory", WHERE, REPEATS)
    content = json.loads((working_copy / FILE).read_text("utf-8"))
    content["experiments"]["echo"]["at"] = "2999-01-01 00:00:00"
    (working_copy / FILE).write_text(json.dumps(content), "utf-8")
    measured = one.measured()
    assert measured["echo"].at.startswith("2999") and not measured["echo"].is_here
    assert set(measured) == {"echo", "memory"}


@pytest.mark.parametrize(
    "damage",
    [
        {"repeats": [], "at": "", "machine": "", "topology": ""},
        {"repeats": [{"latency": {"socketio": "2"}}], "at": "", "machine": "", "topology": ""},
        {"repeats": [{"latency": {"socketio": -2}}], "at": "", "machine": "", "topology": ""},
        {"repeats": [{"latency": 2}], "at": "", "machine": "", "topology": ""},
        {"repeats": [7], "at": "", "machine": "", "topology": ""},
        {"repeats": [{}], "machine": ""},
        None,
    ],
)
def test_a_damaged_measurement_costs_no_other(working_copy: Path, damage: object) -> None:
    """What makes no sense counts as not measured."""
    Results().record("echo", WHERE, REPEATS)
    content = json.loads((working_copy / FILE).read_text("utf-8"))
    content["experiments"]["memory"] = damage
    (working_copy / FILE).write_text(json.dumps(content), "utf-8")
    assert set(Results().measured()) == {"echo"}


def test_a_damaged_file_is_set_aside(working_copy: Path) -> None:
    """It is kept under another name, and results begin again."""
    (working_copy / FILE).write_text("{", "utf-8")
    Results().record("echo", WHERE, REPEATS)
    assert (working_copy / ".verdicts-damaged.json").read_text("utf-8") == "{"
    assert set(Results().measured()) == {"echo"}


def test_a_newer_file_is_left_as_it_is(working_copy: Path) -> None:
    """Results last as long as the kernel then, and the note says why."""
    (working_copy / FILE).write_text(json.dumps({"version": VERSION + 1}), "utf-8")
    results = Results()
    results.record("echo", WHERE, REPEATS)
    assert set(results.measured()) == {"echo"} and Results().measured() == {}
    assert "newer version of labkit" in results.note


def test_nothing_is_written_where_nobody_works(
    working_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stored outputs depend on no earlier run."""
    monkeypatch.setenv(UNATTENDED, "1")
    results = Results()
    results.record("echo", WHERE, REPEATS)
    assert set(results.measured()) == {"echo"} and not (working_copy / FILE).exists()


def test_the_machine_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """What figures depend on: Python, cores, system, and no name of anybody's machine."""
    monkeypatch.setattr(module.platform, "python_version", lambda: "3.11.7")
    monkeypatch.setattr(module.platform, "system", lambda: "Linux")
    monkeypatch.setattr(module.os, "cpu_count", lambda: 2)
    assert describe_machine() == "Python 3.11.7, 2 cores, Linux"
    monkeypatch.setattr(module.os, "cpu_count", lambda: None)
    assert describe_machine() == "Python 3.11.7, 1 core, Linux"


def test_git_ignores_it() -> None:
    """Nobody's figures are committed, wherever in a clone the working copy is."""
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    for name in (FILE, ".verdicts-damaged.json"):
        assert any(fnmatch(name, pattern) for pattern in ignored)
