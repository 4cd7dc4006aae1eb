"""The house: imports point downward only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.imports import imported

HOUSE = (
    {"untrusted"},
    {"exceptions"},
    {"backoff", "clock", "front_end", "protocols", "sockets", "source_lines"},
    {"observable", "shadows"},
    {"faults", "loop", "trace"},
    {"links"},
    {"transports"},
    {"bench"},
    {"delivery", "explain", "measure"},
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
    """Widgets are known to the views only, transports' libraries to the transports only."""
    for name in imported(path):
        library = name.split(".")[0]
        assert part(path) in ONLY.get(library, {part(path)}), f"{path} imports {library}"


SERVERS = sorted(
    path
    for path in (ROOT / "labkit" / "transports").rglob("*.py")
    if path.stem in ("server", "observer", "connections", "server_settings", "watch", "session")
)


@pytest.mark.parametrize("path", SERVERS, ids=lambda p: str(p.relative_to(ROOT)))
def test_servers_know_nothing_of_clients(path: Path) -> None:
    """What serves imports no client: the bench's observer knows both ends."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert "Client" not in {alias.name for alias in node.names}, f"{path} knows a client"
