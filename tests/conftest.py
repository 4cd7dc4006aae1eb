"""What tests of all kinds share."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import sys
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from pathlib import Path
from types import ModuleType

import hypothesis
import pytest
import socketio
from aiohttp import web

from labkit.working_copy import MANIFEST, UNATTENDED
from tests.support.proactor import ProactorLoop

ROOT = Path(__file__).parents[1]

# Every run tries the same examples, however long one takes: a learner's run fails for a reason,
# never by chance or because the machine is busy. To look for more, run
# `pytest --hypothesis-profile=searching`.
hypothesis.settings.register_profile(
    "same",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile("searching", max_examples=2000, deadline=None)
hypothesis.settings.load_profile("same")


@pytest.fixture(scope="session")
def need() -> Callable[[str, object], None]:
    """Skip with a reason where something optional is missing; in CI nothing may be missing."""

    def check(what: str, found: object) -> None:
        if found:
            return
        if os.environ.get("CI"):
            pytest.fail(f"{what} is missing, and in CI nothing may be skipped")
        pytest.skip(f"{what} is not installed")

    return check


@pytest.fixture(scope="session")
def node_modules(need: Callable[[str, object], None]) -> Path:
    """Return the folder of the installed npm packages (`npm install --prefix tests`)."""
    need("Node", shutil.which("node"))
    modules = ROOT / "tests" / "node_modules"
    need("the npm packages of tests/package.json", modules.is_dir())
    return modules


SERVER_TASKS = ("AsyncSocket.", "AsyncServer.", "_handle_request")
"""What is in the `repr` of the tasks of a Socket.IO server, and of the requests to it."""


@pytest.fixture
async def socketio_server() -> AsyncIterator[tuple[int, socketio.AsyncServer]]:
    """Run a Socket.IO server of Python's and return its port; its own tasks end with it."""
    before = asyncio.all_tasks()
    sio = socketio.AsyncServer(async_mode="aiohttp")
    app = web.Application()
    sio.attach(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield int(runner.addresses[0][1]), sio
    await sio.shutdown()
    for _ in range(2):  # handlers of open polls first: they hold connections
        left = asyncio.all_tasks() - before - {asyncio.current_task()}
        own = {task for task in left if any(name in repr(task) for name in SERVER_TASKS)}
        for task in own:
            task.cancel()
        await asyncio.gather(*own, return_exceptions=True)
        await runner.cleanup()


@pytest.fixture(autouse=True)
def _without_fewer_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the notebooks' kernels measure less often in the quick tier, not a test."""
    monkeypatch.delenv("LABKIT_REPEATS", raising=False)


@pytest.fixture
async def lab() -> AsyncIterator[ModuleType]:
    """Give a fresh bench; afterwards no task, thread, listener, error or time scale is left."""
    import labkit
    from labkit import bench
    from labkit.clock import clock

    before, scale = asyncio.all_tasks(), clock.scale
    await labkit.fresh()
    yield labkit
    current = bench.current()
    await labkit.close()
    clock.set(scale)
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    current.stop()
    assert current.take_errors() == []
    assert not left
    assert current.foreign_ports() == []
    assert "labkit-watchdog" not in [thread.name for thread in threading.enumerate()]


@pytest.fixture
def working_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a working copy as somebody who works there, and return its folder."""
    for name in ("CI", "PYTEST_VERSION", UNATTENDED):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / MANIFEST).write_text("{}", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def jupyter_page() -> Iterator[str]:
    """Let a view tell from where Jupyter's page is, and return its origin."""
    from labkit.transports.origin_policy import add_jupyter_page, jupyter_pages

    origin = "http://localhost:8888"
    add_jupyter_page(origin)
    yield origin
    jupyter_pages.clear()


async def soon(condition: Callable[[], object], within: float = 5, every: float = 0.005) -> None:
    """Wait until a condition holds of which no event tells: the only place where tests poll.

    Parameters
    ----------
    within, every
        Seconds until it must hold, and between two looks; with 0, a look at each turn of the loop.
    """
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(every)  # sleeps: no event tells of the condition


async def turn_loop(number: int = 1) -> None:
    """Let the loop turn: each time, what is ready runs."""
    for _ in range(number):
        await asyncio.sleep(0)  # sleeps: for no time, only a turn


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run what is marked `on_proactor` on two loops: the native one, and Windows' kind.

    On Windows both are the same.
    """
    loops: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"native": asyncio.new_event_loop}
    if item.get_closest_marker("on_proactor") and sys.platform != "win32":
        loops["proactor"] = ProactorLoop
    return loops


def pytest_collection_finish(session: pytest.Session) -> None:
    """Take what was imported out of the garbage collector's sight."""
    _freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, None, None]:
    """Do so again after each file: what it left as garbage is reported by its own last test."""
    yield
    if nextitem is None or nextitem.path != item.path:
        _freeze()


def _freeze() -> None:
    """Collect garbage, and exempt what remains from further collections and searches.

    A fresh bench looks for listeners among all objects; half a million of them, asked three times
    a test, were most of a test's time. pytest itself keeps some dozen objects of each test.
    """
    gc.collect()
    gc.freeze()
