"""The two kinds of wheel: what an installation gets, and what `pip install -e` makes."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ROOT


def build(target: str, root: Path, to: Path) -> zipfile.ZipFile:
    """Build a wheel of a project and open it."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(to)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    (wheel,) = to.glob("labkit_transports-*.whl")
    return zipfile.ZipFile(wheel)


def files(folder: Path) -> set[str]:
    """Return the paths of the files in a folder that are worth an installation."""
    found = (path for path in folder.rglob("*") if path.is_file())
    inside = (path.relative_to(folder) for path in found)
    return {
        path.as_posix()
        for path in inside
        if not any(part.startswith((".", "__pycache__")) for part in path.parts)
    }


def test_the_wheel_holds_package_and_course(
    need: Callable[[str, object], None], tmp_path: Path
) -> None:
    """Every file of `labkit/` and of `notebooks/`; the page's client; the command; nothing else.

    hatchling finds a package by the project's name, and ours is not the package's.
    """
    need("hatchling", importlib.util.find_spec("hatchling"))
    with build("wheel", ROOT, tmp_path) as archive:
        names = set(archive.namelist())
        (commands,) = (name for name in names if name.endswith(".dist-info/entry_points.txt"))
        assert "labkit = labkit.cli:main" in archive.read(commands).decode()
    client = "labkit/course/node_modules/socket.io-client/"
    held = {name for name in names if ".dist-info/" not in name and client not in name}
    assert held == {f"labkit/{name}" for name in files(ROOT / "labkit")} | {
        f"labkit/course/notebooks/{name}" for name in files(ROOT / "notebooks")
    }
    installed = (ROOT / "node_modules" / "socket.io-client").is_dir()
    assert (f"{client}dist/socket.io.min.js" in names) == installed


def test_a_folder_with_umlauts(need: Callable[[str, object], None], tmp_path: Path) -> None:
    """`pip install -e` finds the package where names of files are UTF-8 and text is not.

    So it is on Windows; here the locale "C" says so, and Python's UTF-8 mode is for the names.
    """
    need("hatchling", importlib.util.find_spec("hatchling"))
    folder = tmp_path / "websockets übung"
    (folder / "labkit").mkdir(parents=True)
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "labkit/__init__.py"):
        shutil.copyfile(ROOT / name, folder / name)
    (folder / "labkit" / "__init__.py").write_text("FOUND = True\n", "utf-8")
    packages = tmp_path / "site-packages"
    with build("wheel:editable", folder, tmp_path) as archive:
        archive.extractall(packages)
    editables = importlib.util.find_spec("editables")
    assert editables is not None and editables.origin is not None
    path = [str(packages), str(Path(editables.origin).parents[1])]
    look = "import site, sys; sys.path += sys.argv[1:]; site.addsitedir(sys.argv[1])"
    look += "; import labkit; print(labkit.FOUND)"
    old = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "1"}
    command = [sys.executable, "-S", "-c", look, *path]  # without the environment's own labkit
    found = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **old}, capture_output=True, text=True
    )
    assert found.stdout == "True\n", found.stderr
