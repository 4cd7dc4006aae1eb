"""Which tests run: the quick tier, or with `--exhaustive` every test there is.

The quick tier is what `python3 start.py test` runs on anybody's machine within minutes: each unit
and contract test that takes under a second, each notebook once, one notebook twice. The exhaustive
tier adds hostile peers, load, floods, real kernels and browsers, every notebook twice and at a
reader's pace. Whoever names files gets all tests of these files.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

EXHAUSTIVE = ("tests/browser/", "tests/kernel/", "tests/peers/")
"""Folders of which nothing is in the quick tier; elsewhere, the marker `exhaustive` says so."""

TOGETHER = ("notebooks/", "tests/browser/")
"""Folders whose files stay in one process each: cells share a kernel, tests share a page."""

DESELECTED = pytest.StashKey[int]()


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


def _is_quick(config: pytest.Config) -> bool:
    if hasattr(config, "workerinput"):
        return bool(config.workerinput["quick"])
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    return not (named or config.getoption("--exhaustive"))


def _is_exhaustive(item: pytest.Item) -> bool:
    return item.nodeid.startswith(EXHAUSTIVE) or item.get_closest_marker("exhaustive") is not None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the quick tier does not run."""
    if _is_quick(config):
        left_out = [item for item in items if _is_exhaustive(item)]
        items[:] = [item for item in items if not _is_exhaustive(item)]
        config.hook.pytest_deselected(items=left_out)
        config.stash[DESELECTED] = len(left_out)


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
        count = config.stash.get(DESELECTED, 0)
        which = f"{count} further tests" if count else "Further tests"
        terminalreporter.write_line(
            f"{which} (hostile peers, load, browsers, every notebook twice) take longer: "
            "python3 start.py test --exhaustive"
        )
