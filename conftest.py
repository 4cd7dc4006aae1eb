"""Which tests run: the quick tier, or with `--exhaustive` every test there is.

The quick tier is what `python3 start.py test` runs on anybody's machine within minutes: each unit
and contract test that takes under a second, each notebook once, one notebook twice. The exhaustive
tier adds hostile peers, load, floods, real kernels and browsers, every notebook twice and at a
reader's pace. Whoever names files gets all tests of these files.
"""

from __future__ import annotations

import gc
import itertools
import os
from collections import Counter
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

EXHAUSTIVE = ("tests/browser/", "tests/kernel/", "tests/peers/")
"""Folders of which nothing is in the quick tier; elsewhere, the marker `exhaustive` says so."""

TOGETHER = ("notebooks/", "tests/browser/")
"""Folders whose files stay in one process each: cells share a kernel, tests share a page."""

ROOT = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    parser.addoption("--exhaustive", action="store_true", help="run every test, not the quick tier")
    parser.addoption("--times", type=int, default=1, help="how often each exercise is proved")
    parser.addoption("--mutants", type=int, default=5, help="how many are tried of each notebook")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Spread single tests over the processes, except what must stay together.

    pytest-xdist's own groups do not reach notebooks: nbval's cells have their own `nodeid`.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid.split("::")[0] if nodeid.startswith(TOGETHER) else nodeid

    return Scheduling(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process of pytest-xdist what was asked for: it is given the files by name."""
    node.workerinput["quick"] = _is_quick(node.config)


def pytest_configure(config: pytest.Config) -> None:
    """Let the quick tier measure less often what differs from time to time."""
    if _is_quick(config):
        os.environ.setdefault("LABKIT_REPEATS", "1")


def _is_quick(config: pytest.Config) -> bool:
    if hasattr(config, "workerinput"):
        return bool(config.workerinput["quick"])
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    return not (named or config.getoption("--exhaustive"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even import the folders of which the quick tier runs nothing."""
    is_left_out = collection_path in {ROOT / folder for folder in EXHAUSTIVE}
    return (is_left_out and _is_quick(config)) or None


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Collect tests without collecting garbage, of which there is next to none."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def _is_exhaustive(item: pytest.Item) -> bool:
    return item.get_closest_marker("exhaustive") is not None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the quick tier does not run."""
    if _is_quick(config):
        left_out = [item for item in items if _is_exhaustive(item)]
        items[:] = [item for item in items if not _is_exhaustive(item)]
        config.hook.pytest_deselected(items=left_out)


def _seconds_by_folder(reports: Iterable[Any]) -> Counter[str]:
    seconds: Counter[str] = Counter()
    for report in reports:
        *folders, _ = report.nodeid.partition("::")[0].split("/")
        seconds["/".join(folders[:2]) + "/"] += report.duration
    return seconds


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was left out, and how to run it; with `--durations`, where the time went."""
    if config.getoption("durations") is not None:
        every = itertools.chain.from_iterable(terminalreporter.stats.values())
        reports = [report for report in every if isinstance(report, pytest.TestReport)]
        terminalreporter.write_sep("=", "seconds by folder")
        for folder, seconds in _seconds_by_folder(reports).most_common():
            terminalreporter.write_line(f"{seconds:6.1f}  {folder}")
    if _is_quick(config):
        terminalreporter.write_line(
            "Further tests (hostile peers, load, browsers, every notebook twice) take longer: "
            "python3 start.py test --exhaustive"
        )
