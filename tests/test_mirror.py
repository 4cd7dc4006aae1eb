"""The tests mirror the source, file by file."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT

GUARDS = {
    "test_any_pace.py",
    "test_commands_in_texts.py",
    "test_constraints.py",
    "test_defaults_in_texts.py",
    "test_environment.py",
    "test_examples.py",
    "test_exports.py",
    "test_first_command.py",
    "test_foreign_names.py",
    "test_front_end.py",
    "test_layers.py",
    "test_mirror.py",
    "test_mutants.py",
    "test_notebooks.py",
    "test_reading_order.py",
    "test_readme.py",
    "test_run_twice.py",
    "test_security_page.py",
    "test_solved_notebooks.py",
    "test_start.py",
    "test_suite.py",
    "test_typed_into.py",
    "test_wheel.py",
    "test_workflows.py",
    "test_your_turn.py",
}
"""Tests of something else than one module of labkit."""

OTHER_FOLDERS = ("browser", "kernel", "node_modules", "peers")

UNTESTED = {"__init__.py", "__main__.py"}
"""Modules without code of their own."""

TWINS = {"measure/features/socketio", "measure/features/websocket"}
"""Folders with the same files on two stacks: a file has the same test as its twin."""


def test_every_module_has_its_test_and_every_test_its_module() -> None:
    """`labkit/a/b.py` is tested by `tests/a/test_b.py`, and nothing else lies about.

    Twins are tested together: `labkit/a/stack/b.py` by `tests/a/test_b.py`.
    """
    source = ROOT / "labkit"
    wanted = {
        str(_mirrored(path.relative_to(source)).with_name(f"test_{path.name}"))
        for path in source.rglob("*.py")
        if path.name not in UNTESTED
    }
    tests = ROOT / "tests"
    found = {
        str(path.relative_to(tests))
        for path in tests.rglob("test_*.py")
        if path.relative_to(tests).parts[0] not in OTHER_FOLDERS
    }
    assert found - wanted == GUARDS & found
    assert wanted - found == set()
    assert found >= GUARDS


def _mirrored(path: Path) -> Path:
    """Return where the test of a module is: that of twins is in the folder above them."""
    return path.parent if path.parent.as_posix() in TWINS else path
