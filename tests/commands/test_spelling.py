"""How a verb is typed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from labkit.commands import spelling
from labkit.commands.lab import jupyterlab_environment


def test_in_a_shell_of_ones_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where `labkit` is not found, or is another installation's, start.py is named."""
    monkeypatch.setenv("PATH", str(tmp_path))
    word = "py" if os.name == "nt" else "python3"
    assert spelling.spell_command("reset 00") == f"{word} start.py reset 00"
    foreign = tmp_path / ("labkit.exe" if os.name == "nt" else "labkit")
    foreign.touch(mode=0o755)
    assert spelling.spell_command("doctor") == f"{word} start.py doctor"


def test_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """In JupyterLab's terminal, and in conda's environment, it is `labkit`."""
    monkeypatch.setenv("PATH", jupyterlab_environment({"PATH": os.defpath})["PATH"])
    assert spelling.spell_command("reset 00") == "labkit reset 00"


def test_without_a_clone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where there is no start.py, it is `labkit` as well."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent.parent))
    monkeypatch.setattr(spelling, "ROOT", tmp_path)
    assert spelling.spell_command("doctor") == "labkit doctor"
