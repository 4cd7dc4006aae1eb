"""What holds for the tests themselves: what they share, and what they wait for."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.support.imports import imported

TESTS = ROOT / "tests"

FILES = [each for each in sorted(TESTS.rglob("*.py")) if "node_modules" not in each.parts]

SLEEP = re.compile(r"\bsleep\(|\bwait_for_timeout\(")

REASON = re.compile(r"# (noqa: \w+ - )?sleeps: \w+")
"""Stands at the end of a line that sleeps, or alone on the line above."""


def sleeping(text: str) -> list[str]:
    """Return the lines that sleep without a reason, also in the code of another process."""
    lines = ["", *text.splitlines()]
    return [
        line.strip()
        for above, line in itertools.pairwise(lines)
        if SLEEP.search(line) and not (REASON.search(line) or REASON.match(above.strip()))
    ]


def test_nobody_imports_a_test() -> None:
    """What tests share lives in `tests/support/`, or is a fixture of a `conftest.py`."""
    found = [(str(path), name) for path in FILES for name in imported(path)]
    assert [each for each in found if re.match(r"tests\.(.*\.)?test_", each[1])] == []


def test_nobody_sleeps_without_a_reason() -> None:
    """A test waits for the event; where time itself is the subject, the line says so."""
    found = {str(path): sleeping(path.read_text("utf-8")) for path in FILES}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        "await asyncio.SLEEP(1)",
        "task = create_task(SLEEP(1))",
        "page.WAIT_FOR_TIMEOUT(100)",
        "page.evaluate('SLEEP(1)')",
        "time.SLEEP(1)  # a moment",
        "time.SLEEP(1)  # noqa: ASYNC251 - sleeps:",
        "x = 1  # sleeps: a reason of another line\ntime.SLEEP(1)",
    ],
)
def test_a_sleep_is_found(line: str) -> None:
    """Whatever sleeps, and whatever is said of it but a reason; small, it would find itself."""
    assert sleeping(line.lower())


def test_helpers_are_in_support() -> None:
    """Everywhere else there are tests, and what pytest itself reads."""
    support = TESTS / "support"
    others = [path for path in FILES if support not in path.parents]
    known = ("test_*.py", "conftest.py", "__init__.py")
    assert [path.name for path in others if not any(map(path.match, known))] == []


@pytest.mark.parametrize("is_quick", [True, False])
@pytest.mark.parametrize("folder", ["browser", "kernel", "peers", "links"])
def test_the_quick_tier_does_not_import_what_it_does_not_run(
    folder: str, is_quick: bool, pytestconfig: pytest.Config
) -> None:
    """It passes by the folders that are exhaustive as a whole, as each process imports the rest."""
    tiers: Any = pytestconfig.pluginmanager.get_plugin(str(ROOT / "conftest.py"))
    of_a_process = SimpleNamespace(workerinput={"quick": is_quick})
    is_passed_by = tiers.pytest_ignore_collect(TESTS / folder, of_a_process)
    assert is_passed_by is (True if is_quick and folder != "links" else None)


def test_no_file_is_a_symbolic_link(need: Any) -> None:
    """A link would lead to a path of one machine."""
    git = shutil.which("git")
    need("git", git)
    listed = subprocess.run(
        [git, "-C", str(ROOT), "ls-files", "--stage"], capture_output=True, text=True, check=False
    )
    need("the history of a clone", listed.returncode == 0)
    assert [line for line in listed.stdout.splitlines() if line.startswith("120000")] == []
