"""`constraints.txt` pins everything, for every system, without an address."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from collections import deque
from pathlib import Path

import pytest

from tests.conftest import ROOT

LINES = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
PINS = dict(line.partition(" ;")[0].split("==") for line in LINES)
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
TO_THE_MINOR_VERSION = ("python-engineio", "python-socketio")
EXTRAS = PROJECT["optional-dependencies"].values()
ASKED = [
    asked
    for asked in [*PROJECT["dependencies"], *(asked for extra in EXTRAS for asked in extra)]
    if not asked.startswith(PROJECT["name"] + "[")
]


def name_of(requirement: str) -> str:
    """Return the name of what a requirement asks for."""
    return re.split(r"[\[<>=~]", requirement)[0]


def test_each_line_is_an_exact_pin() -> None:
    """Each line pins one public version, perhaps for some systems only."""
    for line in LINES:
        assert re.fullmatch(r"[a-z0-9.-]+==[0-9][0-9a-z.]*( ; .+)?", line), line


def test_there_is_no_address() -> None:
    """No line says where a package comes from."""
    assert not [line for line in LINES if "://" in line or "@" in line]


@pytest.mark.parametrize("requirement", ASKED)
def test_the_lower_bound_is_what_the_tests_run_with(requirement: str) -> None:
    """What pyproject.toml asks for, with any extra, is at least the version that is pinned."""
    name = name_of(requirement)
    if name in TO_THE_MINOR_VERSION:
        assert requirement == f"{name}~={PINS[name]}"
    else:
        assert re.fullmatch(rf"{name}>={re.escape(PINS[name])}(,<\d+)?", requirement)


@pytest.mark.parametrize("name", TO_THE_MINOR_VERSION)
def test_a_library_with_many_private_names_stays_at_its_minor_version(name: str) -> None:
    """Of `~=` with three numbers, only the last may be higher: pip takes no newer minor version."""
    assert f"{name}~={PINS[name]}" in PROJECT["dependencies"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", PINS[name])


def test_what_builds_the_package_is_pinned() -> None:
    """pip takes it from pyproject.toml, so it is named there as exactly as here."""
    (builder,) = PYPROJECT["build-system"]["requires"]
    assert builder == f"hatchling=={PINS['hatchling']}"


def test_the_pins_hold_for_every_system() -> None:
    """Packages that only Windows or macOS needs are pinned too."""
    text = "\n".join(LINES)
    assert "sys_platform == 'win32'" in text
    assert "sys_platform == 'darwin'" in text


STATEMENTS = (ast.stmt, ast.ExceptHandler, ast.match_case)
"""What a statement can be in; expressions, of which most of a tree is made, hold none."""


def imports(path: Path, *, lazy: bool) -> set[str]:
    """Return the libraries that a file imports; those within functions only if `lazy`."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    found: set[str] = set()
    left: deque[ast.AST] = deque([tree])
    while left:
        node = left.popleft()
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
        elif lazy or not isinstance(node, functions):
            left.extend(each for each in ast.iter_child_nodes(node) if isinstance(each, STATEMENTS))
    return found - sys.stdlib_module_names - {"labkit", "tests", "benchmarks"}


@pytest.mark.parametrize(
    ("folder", "lazy"), [("labkit", False), ("labkit", True), ("tests", True), ("benchmarks", True)]
)
def test_what_is_imported_is_asked_for(folder: str, lazy: bool) -> None:
    """No import rests on what another package happens to bring along.

    What labkit imports at once is among its dependencies; the rest may come with an extra.
    """
    requirements = ASKED if lazy else PROJECT["dependencies"]
    asked = {name_of(requirement) for requirement in requirements}
    sources = importlib.metadata.packages_distributions()
    for path in (ROOT / folder).rglob("*.py"):
        if "node_modules" in path.parts:
            continue
        for module in imports(path, lazy=lazy):
            names = {re.sub("[-_.]+", "-", name).lower() for name in sources.get(module, [module])}
            assert names & asked, f"{path.relative_to(ROOT)} imports {module}"
