"""What a learner's code could do to end the kernel's loop, and with it every server and client.

`loop.stop()` ends it, and so does `sys.exit()` in a callback, in a method of a protocol or in a
task: asyncio lets SystemExit and KeyboardInterrupt out of the loop. The guard refuses the one, and
contains the other. It asks whose code it is: ipykernel ends its loop through tornado, whose calls
go through. A learner's own program, which has started the loop itself, may end it, except within a
scope.

Nothing is done for a callback that does not leave: the guard stands around a turn of the loop. A
turn that was left goes on with the next one, which runs the callbacks that were still to come. Nor
does it look into the loop's `__dict__`: Python 3.11 reads all attributes of such an object in a
slower way from then on.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from traceback import walk_tb
from types import FrameType
from typing import Any

from labkit.exceptions import LabError
from labkit.loop.callbacks import RUN, place_of, scope_of, task_of
from labkit.loop.owner import LEARNER, is_run_by_learner, owners
from labkit.loop.scope import current_scope
from labkit.loop.task_exit import EXITS, exited


class LoopGuard:
    """Keeps a learner's code from ending a loop.

    Parameters
    ----------
    loop
        The loop, which is guarded from `install` to `uninstall`. One that is not asyncio's own has
        no turns to stand around: there, only `stop` is guarded.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._is_learners = False
        self._former_stop: Any = None
        self._own: dict[str, Any] = {}
        self._shadowed: dict[str, Any] = {}

    def install(self) -> None:
        """Put the guards before the loop's methods."""
        self._is_learners = is_run_by_learner()
        self._former_stop = self.loop.stop
        self._own = {"stop": self._stop}
        if isinstance(self.loop, asyncio.BaseEventLoop):
            self._own["_run_once"] = self._take_turn
        for name, own in self._own.items():
            former = getattr(self.loop, name)
            if getattr(former, "__func__", None) is not getattr(type(self.loop), name):
                self._shadowed[name] = former
            setattr(self.loop, name, own)

    def uninstall(self) -> None:
        """Restore the loop's methods, unless others were set on top."""
        for name, own in self._own.items():
            if getattr(self.loop, name) == own:
                delattr(self.loop, name)
        for name, former in self._shadowed.items():
            setattr(self.loop, name, former)

    def _stop(self) -> None:
        """Stop the loop; see `asyncio.loop.stop`.

        Raises
        ------
        LabError
            If a learner's code asks for it, and the loop is not its own.
        """
        caller = sys._getframe(1).f_code
        asked = caller is RUN or owners[caller.co_filename] == LEARNER
        if current_scope.get() is not None or (asked and not self._is_learners):
            raise LabError(
                "`loop.stop()` would end the kernel, with every server and client in it, so it was "
                "refused. To end a coroutine, `return` from it; to end a task, `task.cancel()`."
            )
        self._former_stop()

    def _take_turn(self) -> None:
        """Run what is ready, as `BaseEventLoop._run_once` does, which the loop calls for ever."""
        try:
            type(self.loop)._run_once(self.loop)  # type: ignore[attr-defined]
        except EXITS as error:
            if not self._contain(error):
                raise

    def _contain(self, error: BaseException) -> bool:
        """Report what a callback has left with; return False if that may end the loop."""
        frames = [frame for frame, _ in walk_tb(error.__traceback__)]
        running = next((at for at, frame in enumerate(frames) if frame.f_code is RUN), None)
        if running is None:  # the loop was interrupted while it waited
            return False
        handle = frames[running].f_locals["self"]
        scope, behind = scope_of(handle), frames[running + 1 :]
        if scope is None and (self._is_learners or not _is_learners(error, behind)):
            return False
        for transport in _transports(behind):
            transport.abort()  # as asyncio does after any other exception
        task = task_of(handle)
        failure = exited("callback" if task is None else "task", error)
        failure.__cause__ = error
        if task is not None:
            task.exception()  # so that asyncio does not report it as well
        source = {"handle": handle} if task is None else {"task": task}
        if scope is None:
            message = "A callback has left"
            self.loop.call_exception_handler({"message": message, "exception": failure, **source})
        else:
            scope.background_errors.add(failure, place_of(task or handle))
        return True


def _is_learners(error: BaseException, frames: list[FrameType]) -> bool:
    """Return whether a learner's code left, by the frames in which it did; none for `sys.exit`."""
    if not frames:
        return isinstance(error, SystemExit)
    return any(owners[frame.f_code.co_filename] == LEARNER for frame in frames)


def _transports(frames: list[FrameType]) -> Iterator[asyncio.Transport | asyncio.DatagramTransport]:
    """Yield the transports that called what has left."""
    for frame in frames:
        caller = frame.f_locals.get("self")
        if isinstance(caller, asyncio.Transport | asyncio.DatagramTransport):
            yield caller
