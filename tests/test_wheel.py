"""The wheel: what an installation without the repository gets."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ROOT


def test_the_wheel_holds_the_package(need: Callable[[str, object], None], tmp_path: Path) -> None:
    """Every file of `labkit/`, the pages' scripts and styles too; the command; and nothing else.

    hatchling finds a package by the project's name, and ours is not the package's.
    """
    need("hatchling", importlib.util.find_spec("hatchling"))
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("labkit_transports-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (commands,) = (name for name in names if name.endswith(".dist-info/entry_points.txt"))
        assert "labkit = labkit.cli:main" in archive.read(commands).decode()
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "labkit").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert package == {name for name in names if ".dist-info/" not in name}
