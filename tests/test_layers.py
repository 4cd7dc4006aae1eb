"""The house: imports point downward only, and never in a circle."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.imports import imported

HOUSE = (
    {"source_lines", "untrusted", "working_copy"},
    {"shell"},
    {"exceptions"},
    {"backoff", "clock", "front_end", "kept_file", "protocols", "saved_json", "sockets"},
    {"observable", "shadows"},
    {"faults", "loop", "trace"},
    {"links"},
    {"transports"},
    {"bench"},
    {"delivery", "endings"},
    {"measure"},
    {"views"},
    {"classroom", "exercises"},
    {"verbs"},
    {"commands"},
    {"cli"},
    {"__main__", "__init__"},
)
FLOORS = {name: floor for floor, names in enumerate(HOUSE) for name in names}
"""A module imports from lower floors, and within its own folder."""

ONLY = {
    "ipywidgets": {"views"},
    "anywidget": {"views"},
    "traitlets": {"views"},
    "websockets": {"transports", "protocols", "trace"},  # of the latter two: pure functions
    "socketio": {"transports", "protocols"},
    "engineio": {"transports", "protocols"},
    "aiohttp": {"transports"},
    "h11": {"protocols"},
    "nbformat": {"commands"},
    "nbclient": {"commands"},
}
"""Which parts may import a library."""

AS_DOCUMENTED = (
    "labkit.measure.controls.socketio",
    "labkit.measure.controls.websocket",
    "labkit.measure.features.socketio",
    "labkit.measure.features.websocket",
    "labkit.measure.programs",
)
"""Packages of programs on the libraries alone, as their documentation writes them: they are read
or measured, so they import nothing else of labkit, and are run by name, but never imported."""

PARENT = "labkit.measure.parent"
"""What such programs may import all the same: by it they are asked, in processes of their own."""

IMPURE = {"asyncio", "datetime", "os", "random", "select", "socket", "ssl", "threading", "time"}
"""What `protocols/` and `faults/` do without: a loop, a network, a clock, chance."""

MODULES = sorted((ROOT / "labkit").rglob("*.py"))


def part(path: Path) -> str:
    """Return the part of the house that a file belongs to."""
    first = path.relative_to(ROOT / "labkit").parts[0]
    return first.removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_downward(path: Path) -> None:
    """A module imports labkit's modules from lower floors or its own folder only."""
    own = part(path)
    for name in imported(path):
        words = name.split(".")
        if words[0] != "labkit" or len(words) == 1:
            continue
        other = words[1]
        assert other in FLOORS, f"{other} has no floor: put it into the table"
        assert other == own or FLOORS[other] < FLOORS[own], f"{own} imports {name} from above"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_libraries_stay_where_they_belong(path: Path) -> None:
    """Widgets are known to the views only, transports' libraries to the transports only.

    Programs on the libraries alone import nothing of labkit but each other and `PARENT`, and
    nothing else of labkit imports them.
    """
    alone = is_as_documented(path)
    allowed = {library for library, parts in ONLY.items() if part(path) in parts}
    allowed |= {"websockets", "socketio", "aiohttp"} if alone else set()
    for name in imported(path):
        library = name.split(".")[0]
        assert library in allowed or library not in ONLY, f"{path} imports {library}"
        if library == "labkit" and alone and not name.startswith(PARENT):
            assert name.startswith(f"{module(path.parent, ROOT)}."), f"{path} imports {name}"
        assert alone or not name.startswith(AS_DOCUMENTED), f"{path} imports {name}"


def is_as_documented(path: Path) -> bool:
    """Return whether a file is a program on the libraries alone."""
    return module(path.parent, ROOT) in AS_DOCUMENTED


SERVERS = sorted(
    path
    for path in (ROOT / "labkit" / "transports").rglob("*.py")
    if path.parent.name == "server"
    or path.stem in ("server", "observer", "connections", "server_settings")
)


@pytest.mark.parametrize("path", SERVERS, ids=lambda p: str(p.relative_to(ROOT)))
def test_servers_know_nothing_of_clients(path: Path) -> None:
    """What serves imports no client: the bench's observer knows both ends."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert "Client" not in {alias.name for alias in node.names}, f"{path} knows a client"


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if part(path) in ("protocols", "faults")],
    ids=lambda path: path.name,
)
def test_protocols_and_faults_are_pure(path: Path) -> None:
    """What decodes bytes depends on bytes alone; what damages them is told the time and chance."""
    assert not {name.split(".")[0] for name in imported(path)} & IMPURE


def module(path: Path, root: Path) -> str:
    """Return the full name of the module in a file."""
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def graph(paths: list[Path], root: Path) -> dict[str, set[str]]:
    """Return which of some modules each of them imports, also for types or inside a function."""
    modules = {module(path, root) for path in paths}
    found: dict[str, set[str]] = {}
    for path in paths:
        names = found[module(path, root)] = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                each = {f"{node.module}.{alias.name}" for alias in node.names}
                names |= each & modules
                names |= set() if each <= modules else {str(node.module)}
        names &= modules - {module(path, root)}
    return found


def circle(paths: list[Path], root: Path = ROOT) -> str:
    """Return the modules of one circle, each of which imports the next, "" if there is none."""
    try:
        TopologicalSorter(graph(paths, root)).prepare()
    except CycleError as error:
        return " -> ".join(reversed(error.args[1]))
    return ""


def test_imports_go_in_no_circle() -> None:
    """No module needs one that needs it, however late or only for types it is imported."""
    assert circle(MODULES) == ""


@pytest.mark.parametrize(
    "hidden",
    [
        "from package.a import f",
        "def f():\n    import package.a",
        "if TYPE_CHECKING:\n    from package import a",
        "from package import f",
    ],
)
def test_a_hidden_circle_is_found(hidden: str, tmp_path: Path) -> None:
    """Also one through a function, through types, and through what a package hands on."""
    (tmp_path / "package").mkdir()
    texts = {"__init__": "from package.a import f", "a": "from package import b", "b": hidden}
    for name, text in texts.items():
        (tmp_path / "package" / f"{name}.py").write_text(text, "utf-8")
    found = circle(sorted(tmp_path.rglob("*.py")), tmp_path)
    assert "package.a -> package.b -> package" in f"{found} -> {found}"
    (tmp_path / "package" / "b.py").write_text("", "utf-8")
    assert circle(sorted(tmp_path.rglob("*.py")), tmp_path) == ""
