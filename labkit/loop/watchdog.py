"""A watchdog for handlers that never yield.

Everything runs on the kernel's own loop, so `while True: pass` or `time.sleep(60)` in a handler
stops every server, every client and the kernel itself, and between cells Jupyter's interrupt button
does not reach it. The watchdog is a thread that notices when the ticker has been silent for too
long, and then sends a signal to the main thread. The signal handler runs on top of the blocking
frame and raises there, but only if a callback of the loop is on the stack and no cell is: the
interrupt button ends a cell that blocks.

Windows cannot send a signal to a thread. There, the handler runs as soon as the main thread runs
Python code again: this breaks an endless loop too, but a `time.sleep` ends first.

The limit is below the heartbeat's timeout (5 s), so that the other clients survive the block.

A debugger that waits at its prompt blocks the loop on purpose. While the same call of a debugger,
or of a trace function, is on top of the callback, no time passes for the watchdog.

Code that imports large packages for the first time may take seconds on a slow machine, and to raise
in the middle would leave half of them behind. No time passes while it comes to further modules.

A loop that is merely busy is left alone: ticks may be late when a hundred thousand callbacks are
ready at once, but none of them is at fault. So the watchdog also checks that the loop has been
running the same callback all the time.
"""

from __future__ import annotations

import inspect
import signal
import sys
import threading
import time
from collections.abc import Collection
from types import CodeType, FrameType
from typing import Any

from labkit.clock import clock
from labkit.exceptions import LoopBlocked, LoopStillBlocked
from labkit.loop.callbacks import RUN
from labkit.loop.scope import current_scope
from labkit.loop.ticker import Ticker
from labkit.source_lines import source_line_of_frame

BLOCK_LIMIT = 4.0
"""Seconds (scaled, at least 2) for which a handler may keep the loop from running."""

SCOPE_LIMIT = 1.0
"""Seconds (scaled, at least 1) for which what runs in a scope may do so."""

_DEBUGGERS = frozenset({"bdb", "pdb", "pydevd", "_pydevd_bundle", "debugpy", "pudb"})
"""Packages whose frames are on top of the code that they stop; other debuggers call these."""

_IMPORTER = "_find_and_load_unlocked"
"""The function of `importlib._bootstrap` that imports a module; it has a frame for each."""

_FINALIZERS = frozenset({"__del__", "_warn_unawaited_coroutine"})
"""Functions that Python calls when an object goes; it ignores what they raise."""

_CELL = frozenset({"execute_request", "run_cell_async", "run_code"})
if sys.platform == "win32":
    _SIGNAL: int = signal.SIGBREAK
else:
    _SIGNAL = signal.SIGUSR1


_on_duty: list[Watchdog] = []
"""The watchdogs that share the signal's one handler; each watches its own loop."""

_former: Any = None
"""The signal's handler before the first watchdog started."""


def _alarm(signum: int, frame: FrameType | None) -> None:
    for dog in tuple(_on_duty):
        dog.raise_if_blocked(frame)


class Watchdog:
    """Watches one ticker, whose loop runs on the main thread.

    Attributes
    ----------
    broken
        The number of times that it broke a block.
    scopes
        The number of scopes under way on the loop.

    Raises
    ------
    LabError
        If the environment's time scale is not valid.
    """

    def __init__(self, ticker: Ticker) -> None:
        self.broken = 0
        self.scopes = 0
        clock.seconds(BLOCK_LIMIT)  # so that it raises here, and not on the thread
        self._ticker = ticker
        self._attempts = self._signals = 0
        self._missed = False
        self._running: tuple[object, float] = (None, 0.0)
        self._debugging: FrameType | None = None
        self._importing: FrameType | None = None
        self._excused = 0.0
        self._tracers: set[CodeType] = set()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> bool:
        """Start watching; return False off the main thread, where no signals arrive."""
        if threading.current_thread() is not threading.main_thread():
            return False
        global _former
        former = signal.signal(_SIGNAL, _alarm)
        if former is not _alarm:
            _former = former
        _on_duty.append(self)
        self._thread = threading.Thread(target=self._watch, name="labkit-watchdog", daemon=True)
        self._thread.start()
        return True

    def stop(self) -> None:
        """Stop watching; after the last watchdog, restore the former signal handler."""
        if self._thread is None:
            return
        self._stopped.set()
        self._thread.join()
        self._thread = None
        _on_duty.remove(self)
        if not _on_duty and threading.current_thread() is threading.main_thread():
            signal.signal(_SIGNAL, _former or signal.SIG_DFL)

    def _limit(self, in_scope: bool) -> float:
        if in_scope:
            return max(1.0, clock.seconds(SCOPE_LIMIT))
        return max(2.0, clock.seconds(BLOCK_LIMIT))

    def _stale(self) -> float:
        if not self._ticker.loop.is_running():
            return 0.0  # a loop that has ended blocks nobody
        return time.monotonic() - max(self._ticker.last, self._excused)

    def _excuse_debugger(self, main: int | None) -> None:
        """Let no time pass while a debugger is in the same call as at the last look.

        A debugger that is in another call each time does not stop the code that it traces.
        """
        frame = _debugger_in(sys._current_frames().get(main or 0), self._tracers)
        if frame is not None and frame is self._debugging:
            self._excused = time.monotonic()
        self._debugging = frame

    def _excuse_import(self, main: int | None) -> None:
        """Let no time pass while another module is being imported than at the last look."""
        frame = _importer_in(sys._current_frames().get(main or 0))
        if frame is not None and frame is not self._importing:
            self._excused = time.monotonic()
        self._importing = frame

    def _busy_with_one(self, main: int | None) -> float:
        """Return for how many seconds the loop has been seen running its present callback."""
        handle = _handle_of(sys._current_frames().get(main or 0))
        now = time.monotonic()
        if handle is None or handle is not self._running[0]:
            self._running = (handle, now)
        return now - self._running[1]

    def _watch(self) -> None:
        main = threading.main_thread().ident
        while not (self._stopped.wait(0.2) or self._ticker.loop.is_closed()):
            self._excuse_debugger(main)
            self._excuse_import(main)
            stale = min(self._stale(), self._busy_with_one(main))
            limit = self._limit(self.scopes > 0)
            if stale < limit:
                self._attempts = self._signals = 0
                self._missed = False
            elif self._missed or stale > limit * (self._signals + 1):
                self._signals += not self._missed
                self._missed = False
                if sys.platform == "win32":
                    import _thread

                    _thread.interrupt_main(_SIGNAL)
                elif main is not None:
                    signal.pthread_kill(main, _SIGNAL)

    def raise_if_blocked(self, frame: FrameType | None) -> None:
        """Raise in the callback that blocks the loop, if one does.

        Parameters
        ----------
        frame
            The frame that the main thread is running.

        Raises
        ------
        LoopBlocked
            The first two times.
        LoopStillBlocked
            After that.
        """
        limit = self._limit(current_scope.get() is not None)  # that of the blocking callback
        if self._stale() < limit or not _only_a_callback(frame):
            return
        tracer = _code_of(sys.gettrace())  # only this thread can see its own trace function
        if tracer is not None and tracer not in self._tracers:
            self._tracers.add(tracer)
            if _debugger_in(frame, self._tracers) is not None:
                self._excused = time.monotonic()
                return
        if _in_finalizer(frame):
            self._missed = True  # the next look tries again
            return
        self.broken += 1
        self._attempts += 1
        source_line = source_line_of_frame(frame)
        text = (
            f"This code blocked the event loop for {limit:g} s, so no other client was "
            f"served. It was stopped at {source_line or 'a line of a library'}. In a handler, use "
            "`await asyncio.sleep(...)` instead of `time.sleep(...)`, and `await` something in "
            "every endless loop."
        )
        error = LoopBlocked(text) if self._attempts < 3 else LoopStillBlocked(text)
        error.source_line = source_line
        raise error


def _handle_of(frame: FrameType | None) -> object:
    """Return the handle of the callback that a stack is running, None if there is none."""
    while frame is not None and frame.f_code is not RUN:
        frame = frame.f_back
    return None if frame is None else frame.f_locals.get("self")


def _importer_in(frame: FrameType | None) -> FrameType | None:
    """Return the innermost frame that imports a module for a callback of the loop, or None."""
    found = None
    while frame is not None and frame.f_code is not RUN:
        if found is None and frame.f_code.co_name == _IMPORTER:
            found = frame
        frame = frame.f_back
    return None if frame is None else found


def _debugger_in(frame: FrameType | None, tracers: Collection[CodeType]) -> FrameType | None:
    """Return the debugger's frame that a callback of the loop has called, None without one.

    Parameters
    ----------
    frame
        The top of the stack.
    tracers
        The code of known trace functions.
    """
    found = None
    while frame is not None and frame.f_code is not RUN:
        package = str(frame.f_globals.get("__name__")).partition(".")[0]
        traced = frame.f_back
        traces = traced is not None and _code_of(traced.f_trace) is frame.f_code
        if package in _DEBUGGERS or traces or frame.f_code in tracers:
            found = frame
        frame = traced
    return None if frame is None else found


def _code_of(function: object) -> CodeType | None:
    """Return the code of a function, a method or a callable object, None of anything else."""
    if not inspect.isroutine(function):
        function = inspect.getattr_static(type(function), "__call__", None)
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else None


def _in_finalizer(frame: FrameType | None) -> bool:
    """Return whether a callback of the loop has called what Python calls when an object goes."""
    while frame is not None and frame.f_code is not RUN:
        if frame.f_code.co_name in _FINALIZERS:
            return True
        frame = frame.f_back
    return False


def _only_a_callback(frame: FrameType | None) -> bool:
    callback = False
    while frame is not None:
        if frame.f_code.co_name in _CELL:
            return False
        callback = callback or frame.f_code is RUN
        frame = frame.f_back
    return callback
