"""Files of the learner's that have the name of a library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from labkit import shadows
from labkit.exceptions import LabError
from labkit.shadows import explain_shadows, find_shadow


def test_the_libraries_are_no_shadows() -> None:
    """In this environment nothing stands before a library, and what fails stays as it was."""
    assert find_shadow() is None
    with pytest.raises(AttributeError, match="no attribute"), explain_shadows():
        shadows.nothing  # noqa: B018 - it is what fails


def test_a_file_beside_the_notebook_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A failed import names the file, what it stands for, and the way out."""
    (tmp_path / "socketio.py").write_text("print('my first server')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "socketio")
    told = r"socketio\.py has the name of a library .* restart the kernel"
    with pytest.raises(LabError, match=told), explain_shadows():
        raise ImportError("no packet")


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("websockets", "await lab.serve('websocket')"),
        ("socketio", "await lab.serve('socketio')"),
        ("aiohttp", "await lab.connect('http://127.0.0.1:9')"),
        ("anywidget", "lab.show()"),
    ],
)
def test_wherever_it_is_met(tmp_path: Path, name: str, step: str) -> None:
    """Whatever a learner does first, the sentence comes and not an error from inside labkit."""
    (tmp_path / f"{name}.py").write_text("port = 8765\n")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(step=step), "utf-8")
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    last = ended.stderr.splitlines()[-1]
    assert last.startswith("labkit.exceptions.LabError: Your file") and f"{name}.py" in last


SCRIPT = """
import asyncio
import labkit as lab

async def main():
    await lab.fresh()
    {step}

asyncio.run(main())
"""
