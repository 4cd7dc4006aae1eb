"""The watchdog; `tests/kernel` sees it break real handlers in a real kernel."""

from __future__ import annotations

import asyncio
import io
import pdb
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import FrameType, ModuleType, SimpleNamespace
from typing import Any

import pytest

from labkit import bench
from labkit.bench.bench import _benches
from labkit.clock import clock
from labkit.exceptions import LabError, LoopBlocked, LoopStillBlocked
from labkit.loop import watchdog
from labkit.loop.ticker import Ticker
from labkit.loop.watchdog import Watchdog
from tests.conftest import turn_loop

TraceFunction = Callable[[FrameType, str, Any], Any]


@pytest.fixture
async def impatient(monkeypatch: pytest.MonkeyPatch) -> Watchdog:
    """Give a watchdog of a loop that last ran long ago."""
    ticker = Ticker(asyncio.get_running_loop(), lambda seconds: None)
    ticker.last = time.monotonic() - 100
    return Watchdog(ticker)


async def test_a_blocking_callback_is_broken(impatient: Watchdog) -> None:
    """Inside a callback of the loop the signal's handler raises, with the line in its text."""
    impatient._attempts = 1
    with pytest.raises(LoopBlocked, match=r"impatient\.raise_if_blocked") as caught:
        impatient.raise_if_blocked(sys._getframe())
    assert "await asyncio.sleep" in str(caught.value)
    assert "impatient.raise_if_blocked" in caught.value.source_line.line
    assert impatient.broken == 1


async def test_in_a_scope_it_is_stopped_earlier(impatient: Watchdog) -> None:
    """After 1 s instead of 4 s, while what runs outside of it keeps its time."""
    impatient._ticker.last = time.monotonic() - 1.5
    impatient.raise_if_blocked(sys._getframe())
    async with bench.current().child():
        with pytest.raises(LoopBlocked, match="for 1 s"):
            impatient.raise_if_blocked(sys._getframe())
    bench.current().stop()
    assert impatient.broken == 1


async def test_the_third_time_nothing_can_swallow_it(impatient: Watchdog) -> None:
    """Code that catches every Exception and goes on blocking gets a BaseException."""
    impatient._attempts = 3
    with pytest.raises(LoopStillBlocked):
        impatient.raise_if_blocked(sys._getframe())


async def test_a_cell_is_left_alone(impatient: Watchdog) -> None:
    """With a running cell on the stack nothing is raised."""

    def run_cell_async() -> None:
        impatient.raise_if_blocked(sys._getframe())

    run_cell_async()
    assert impatient.broken == 0


async def test_a_finalizer_is_not_where_it_raises(
    impatient: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python would ignore it there, so that the loop went on blocking; it tries again soon."""

    class Going:
        def __del__(self) -> None:
            impatient.raise_if_blocked(sys._getframe())

    Going()
    assert impatient.broken == 0 and impatient._missed

    def show(*warning: object) -> None:
        shown.append(warning[0])
        impatient.raise_if_blocked(sys._getframe())

    shown = list[object]()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        monkeypatch.setattr(warnings, "showwarning", show)
        asyncio.Event().wait()  # type: ignore[unused-coroutine]
    assert len(shown) == 1 and impatient.broken == 0
    with pytest.raises(LoopBlocked):
        impatient.raise_if_blocked(sys._getframe())


@pytest.mark.exhaustive
async def test_an_endless_loop_without_await_is_broken(impatient: Watchdog) -> None:
    """One that makes coroutines and never awaits them spends most of its time on warnings."""
    event = asyncio.Event()
    impatient._ticker.last = time.monotonic() - 100
    impatient._limit = lambda in_scope: 0.01  # type: ignore[method-assign]
    impatient.start()

    async def endless() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            while event.wait():  # type: ignore[truthy-function, unused-coroutine]
                pass

    try:
        with pytest.raises(LoopBlocked):
            await asyncio.create_task(endless())
    finally:
        impatient.stop()


async def test_a_busy_loop_is_told_from_a_blocked_one(impatient: Watchdog) -> None:
    """Many short callbacks are nobody's fault; one that goes on is seen as one, with its time."""
    main = threading.get_ident()

    def look() -> tuple[float, object]:
        return impatient._busy_with_one(main), impatient._running[0]

    _, first = look()
    again, same = look()
    assert same is first is not None and again > 0
    await turn_loop()
    later, other = look()
    assert other is not first and later == 0


async def test_a_loop_that_runs_is_left_alone(impatient: Watchdog) -> None:
    """A signal that comes too late, when the loop runs again, breaks nothing."""
    impatient._ticker.last = time.monotonic()
    impatient.raise_if_blocked(sys._getframe())
    assert impatient.broken == 0


def test_a_loop_that_has_ended_is_left_alone() -> None:
    """The watchdog of a loop that ended raises in no other loop, and its thread ends by itself."""

    async def make() -> Watchdog:
        dog = Watchdog(Ticker(asyncio.get_running_loop(), lambda seconds: None))
        dog.start()
        return dog

    dog = asyncio.run(make())
    dog._ticker.last = time.monotonic() - 100

    async def elsewhere() -> None:
        dog.raise_if_blocked(sys._getframe())

    asyncio.run(elsewhere())
    assert dog.broken == 0
    dog._thread.join(5)
    assert not dog._thread.is_alive()
    dog.stop()


@pytest.mark.exhaustive
async def test_what_swallows_every_exception_is_broken_in_the_end(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handler that catches Exception and blocks again ends all the same; others chat on."""
    monkeypatch.setattr(watchdog.Watchdog, "_limit", lambda self, in_scope: 0.5)

    async def stubborn(websocket):  # type: ignore[no-untyped-def]
        async for _ in websocket:
            while True:
                try:
                    time.sleep(pause)  # noqa: ASYNC251 - sleeps: the block is what is tested
                except Exception:
                    continue

    pause = 0.1 if sys.platform == "win32" else 60  # nothing breaks a sleep on Windows
    alice = await lab.connect(await lab.serve(stubborn), "alice")
    chat = await lab.serve("websocket")
    bob, carol = await lab.connect(chat, "bob"), await lab.connect(chat, "carol")
    await alice.say("block")
    assert await alice.ends(within=10) == 1011
    await bob.say("still here")
    await carol.hears("still here")
    (error,) = lab.errors()
    assert "LoopStillBlocked" in error.what and error.source_line.line.startswith(
        "time.sleep(pause)"  # sleeps: not here, but in the line that is named
    )
    assert bench.current().monitor.watchdog.broken == 3


async def test_an_endless_loop_is_broken_on_windows(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without signals to a thread, the main thread's next line of Python runs the handler."""
    monkeypatch.setattr(watchdog.Watchdog, "_limit", lambda self, in_scope: 0.5)
    windows = SimpleNamespace(
        platform="win32", _current_frames=sys._current_frames, gettrace=sys.gettrace
    )
    monkeypatch.setattr(watchdog, "sys", windows)
    monkeypatch.delattr(signal, "pthread_kill", raising=False)

    async def endless(websocket):  # type: ignore[no-untyped-def]
        async for _ in websocket:
            while True:
                pass

    alice = await lab.connect(await lab.serve(endless), "alice")
    await alice.say("block")
    assert await alice.ends(within=10) == 1011
    (error,) = lab.errors()
    assert "LoopBlocked" in error.what


async def test_a_time_scale_that_makes_no_sense(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever needs a bench is told of it; no thread ends with a traceback."""
    monkeypatch.setenv("LABKIT_TIMESCALE", "fast")
    monkeypatch.setattr(clock, "_scale", None)
    with pytest.raises(LabError, match="unset LABKIT_TIMESCALE"):
        bench.current()
    assert list(_benches) == []


async def test_the_former_signal_handler_comes_back() -> None:
    """Start and stop leave the process's handler as it was."""
    before = signal.getsignal(watchdog._SIGNAL)
    dog = Watchdog(Ticker(asyncio.get_running_loop(), lambda seconds: None))
    assert dog.start()
    assert signal.getsignal(watchdog._SIGNAL) is watchdog._alarm
    dog.stop()
    dog.stop()
    assert signal.getsignal(watchdog._SIGNAL) == before


async def test_several_share_the_signal(lab: ModuleType) -> None:
    """As long as one watches, the signal has its handler: the default one ends the process."""
    other = Watchdog(Ticker(asyncio.get_running_loop(), lambda seconds: None))
    assert other.start()
    other.stop()
    assert signal.getsignal(watchdog._SIGNAL) is watchdog._alarm


class Thoughtful(io.StringIO):
    """Somebody at a debugger's prompt, who thinks for longer than a handler may block."""

    def readline(self, size: int | None = -1, /) -> str:
        """Think, and go on."""
        time.sleep(THINKING)  # sleeps: a debugger's prompt blocks
        return "continue\n"


LIMIT, THINKING = 1.0, 1.5
"""Seconds: a busy machine may keep the loop from running for some tenths of one."""

IMPORTS = 32
"""How many modules a slow package has: together they take longer than the limit."""


@pytest.fixture
def short_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the watchdog bite sooner."""
    monkeypatch.setattr(watchdog.Watchdog, "_limit", lambda self, in_scope: LIMIT)


def at_a_prompt() -> None:
    """Stop in a debugger, as `breakpoint()` does."""
    pdb.Pdb(stdin=Thoughtful(), stdout=io.StringIO(), nosigint=True, readrc=False).set_trace()


def at_a_trace_function() -> None:
    """Stop in a trace function, as debuggers set it, when a function is called."""

    def hold(frame: FrameType, event: str, argument: object) -> None:
        if frame.f_code is step.__code__:
            time.sleep(THINKING)  # sleeps: a debugger's prompt blocks

    def step() -> None:
        pass

    former = sys.gettrace()
    sys.settrace(hold)
    try:
        step()
    finally:
        sys.settrace(former)


def at_a_line() -> None:
    """Stop in the trace function of a line, which is another one than that of the call.

    For two limits: the first signal is excused, whatever the watchdog has seen before.
    """

    def begin(frame: FrameType, event: str, argument: object) -> TraceFunction | None:
        return hold if frame.f_code is step.__code__ else None

    def hold(frame: FrameType, event: str, argument: object) -> None:
        if event == "line":
            time.sleep(LIMIT + THINKING)  # sleeps: a debugger's prompt blocks

    def step() -> None:
        pass

    former = sys.gettrace()
    sys.settrace(begin)
    try:
        step()
    finally:
        sys.settrace(former)


@pytest.mark.exhaustive
@pytest.mark.parametrize("hold", [at_a_prompt, at_a_trace_function, at_a_line])
async def test_whom_a_debugger_holds_goes_on_afterwards(
    lab: ModuleType, short_limit: None, hold: Callable[[], None]
) -> None:
    """However long somebody thinks in a handler, it answers then, and nothing was broken."""

    async def handler(websocket):  # type: ignore[no-untyped-def]
        async for message in websocket:
            hold()
            await websocket.send(message)

    alice = await lab.connect(await lab.serve(handler), "alice")
    await alice.say("well?")
    assert await alice.hears("well?", within=10) == "well?"
    assert bench.current().monitor.watchdog.broken == 0


@pytest.mark.exhaustive
@pytest.mark.parametrize("before", ["a prompt", "a trace function"])
async def test_who_blocks_beside_a_debugger_is_broken(
    lab: ModuleType, short_limit: None, before: str
) -> None:
    """After the prompt, and under a trace function that follows each line, a block is a block."""

    def follow(frame: FrameType, event: str, argument: object) -> TraceFunction:
        return follow

    def spin() -> None:
        while True:
            pass

    async def handler(websocket):  # type: ignore[no-untyped-def]
        former = sys.gettrace()
        async for _ in websocket:
            if before == "a prompt":
                at_a_prompt()
            else:
                sys.settrace(follow)
            try:
                spin()
            finally:
                sys.settrace(former)

    alice = await lab.connect(await lab.serve(handler), "alice")
    await alice.say("well?")
    assert await alice.ends(within=10) == 1011
    (error,) = lab.errors()
    assert error.what.startswith("LoopBlocked") and bench.current().monitor.watchdog.broken == 1


@pytest.fixture
def slow_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the name of a package of modules that take a while, as on a slow disk."""
    package = tmp_path / "slow_package"
    package.mkdir()
    slow = "import time; time.sleep(0.05)"  # sleeps: how long the import takes is the subject
    for number in range(IMPORTS):
        (package / f"part_{number}.py").write_text(slow)
    (package / "__init__.py").write_text(
        "".join(f"import slow_package.part_{number}\n" for number in range(IMPORTS))
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield "slow_package"
    for name in [name for name in sys.modules if name.startswith("slow_package")]:
        del sys.modules[name]


@pytest.mark.exhaustive
async def test_what_imports_for_long_is_left_alone(
    lab: ModuleType, short_limit: None, slow_package: str
) -> None:
    """To raise between two modules of a package would leave half of it."""
    await lab.fresh()
    dog = bench.current().monitor.watchdog
    begin = time.monotonic()
    import_module(slow_package)
    assert time.monotonic() - begin > 1.5 * LIMIT and dog.broken == 0


@pytest.mark.exhaustive
async def test_a_module_that_blocks_is_broken(
    lab: ModuleType, short_limit: None, slow_package: str, tmp_path: Path
) -> None:
    """One that never ends is not a long import."""
    await lab.fresh()
    (tmp_path / slow_package / "__init__.py").write_text("while True: pass")
    with pytest.raises(LoopBlocked):
        import_module(slow_package)
