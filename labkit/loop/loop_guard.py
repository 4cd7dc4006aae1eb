"""What a learner's code could do to end the kernel's loop, and with it every server and client.

`loop.stop()` ends it, and so does `sys.exit()` in a callback or in a method of a protocol: asyncio
lets SystemExit out of the loop. The guard refuses the one, and contains the other. It asks who
calls: ipykernel ends its loop through tornado, whose calls go through. A learner's own program,
which has started the loop itself, may end it, except within a scope.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from labkit.exceptions import LabError
from labkit.loop.owner import LEARNER, is_run_by_learner, owners
from labkit.loop.protocol_exit import FACTORY_METHODS, contain_protocols
from labkit.loop.scope import current_scope
from labkit.loop.task_exit import CONTAINED, contain_callback

_CALLBACKS = frozenset({asyncio.Handle._run.__code__, CONTAINED})
"""What calls `loop.stop` if it was handed to the loop, as in ``loop.call_later(1, loop.stop)``."""

_SCHEDULING = ("call_soon", "call_soon_threadsafe", "call_at", "add_reader", "add_writer")
"""The loop's methods that take a callback; `call_later` calls `call_at`."""


class LoopGuard:
    """Keeps a learner's code from ending a loop.

    Parameters
    ----------
    loop
        The loop, which is guarded from `install` to `uninstall`.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._is_learners = False
        self._former: dict[str, Any] = {}
        self._shadowed: dict[str, Any] = {}
        self._own: dict[str, Any] = {}

    def install(self) -> None:
        """Put the guards before the loop's methods."""
        self._is_learners = is_run_by_learner()
        guarded = ("stop", *_SCHEDULING, *FACTORY_METHODS)
        self._former = {name: getattr(self.loop, name) for name in guarded}
        there = vars(self.loop)
        self._shadowed = {name: there[name] for name in self._former if name in there}
        self._own = {"stop": self._stop, "call_at": self._make_call_at()}
        for name in ("call_soon", "call_soon_threadsafe"):
            self._own[name] = self._make_call_soon(name)
        for name in ("add_reader", "add_writer"):
            self._own[name] = self._make_add(name)
        for name in FACTORY_METHODS:
            self._own[name] = self._make_connect(name)
        for name, own in self._own.items():
            setattr(self.loop, name, own)

    def uninstall(self) -> None:
        """Restore the loop's methods, unless others were set on top."""
        for name, own in self._own.items():
            if vars(self.loop).get(name) == own:
                del vars(self.loop)[name]
        vars(self.loop).update(self._shadowed)

    def _stop(self) -> None:
        """Stop the loop; see `asyncio.loop.stop`.

        Raises
        ------
        LabError
            If a learner's code asks for it, and the loop is not its own.
        """
        caller = sys._getframe(1).f_code
        asked = caller in _CALLBACKS or owners[caller.co_filename] == LEARNER
        if current_scope.get() is not None or (asked and not self._is_learners):
            raise LabError(
                "`loop.stop()` would end the kernel, with every server and client in it, so it was "
                "refused. To end a coroutine, `return` from it; to end a task, `task.cancel()`."
            )
        self._former["stop"]()

    def _make_call_soon(self, name: str) -> Callable[..., asyncio.Handle]:
        former, contained = self._former[name], self._contained

        def call_soon(
            callback: Callable[..., Any], *arguments: Any, context: Any = None
        ) -> asyncio.Handle:
            handle: asyncio.Handle = former(contained(callback), *arguments, context=context)
            return handle

        return call_soon

    def _make_call_at(self) -> Callable[..., asyncio.Handle]:
        former, contained = self._former["call_at"], self._contained

        def call_at(
            when: float, callback: Callable[..., Any], *arguments: Any, context: Any = None
        ) -> asyncio.Handle:
            handle: asyncio.Handle = former(when, contained(callback), *arguments, context=context)
            return handle

        return call_at

    def _make_add(self, name: str) -> Callable[..., Any]:
        former, contained = self._former[name], self._contained

        def add(fd: Any, callback: Callable[..., Any], *arguments: Any) -> Any:
            return former(fd, contained(callback), *arguments)

        return add

    def _make_connect(self, name: str) -> Callable[..., Any]:
        former = self._former[name]

        def connect(protocol_factory: Callable[[], Any], *arguments: Any, **options: Any) -> Any:
            if current_scope.get() is not None or not self._is_learners:
                protocol_factory = contain_protocols(protocol_factory)
            return former(protocol_factory, *arguments, **options)

        return connect

    def _contained(self, callback: Callable[..., Any]) -> Callable[..., Any]:
        """Return a callback that cannot end the loop; it runs for each turn of each task."""
        scope = current_scope.get()
        if scope is not None:
            return contain_callback(callback, scope.background_errors.add)
        if self._is_learners:
            return callback
        code = getattr(callback, "__code__", None)
        if code is None:
            is_learners = callback is sys.exit or type(callback) is partial
        else:
            is_learners = owners[code.co_filename] == LEARNER
        return contain_callback(callback, None) if is_learners else callback
