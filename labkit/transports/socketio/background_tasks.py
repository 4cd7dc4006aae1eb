"""The tasks that the library starts for one server, of which it keeps no list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

_STARTED_BY = ("engineio", "labkit", "socketio")
"""Packages whose functions run in the library's tasks; labkit's calls the learner's handlers."""


class BackgroundTasks:
    """The library's tasks for a server that have not ended.

    They include handlers that have not returned, and the task in which a client manager listens for
    other processes; they do not include what a learner starts with `sio.start_background_task`.

    Parameters
    ----------
    manager
        The server's client manager.
    """

    def __init__(self, manager: object) -> None:
        self._manager = manager
        self._running: set[asyncio.Task[Any]] = set()
        self._listeners: set[asyncio.Task[Any]] = set()

    def start(
        self,
        original: Callable[..., asyncio.Task[Any]],
        target: Callable[..., Any],
        *arguments: Any,
        **options: Any,
    ) -> asyncio.Task[Any]:
        """Start a task as the library does, and keep it if it is the library's."""
        task = original(target, *arguments, **options)
        listens = getattr(target, "__self__", None) is self._manager
        if listens:
            self._keep(task, self._listeners)
        if listens or str(getattr(target, "__module__", "")).partition(".")[0] in _STARTED_BY:
            self._keep(task, self._running)
        return task

    def _keep(self, task: asyncio.Task[Any], tasks: set[asyncio.Task[Any]]) -> None:
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    @property
    def running(self) -> frozenset[asyncio.Task[Any]]:
        """Those that have not ended."""
        return frozenset(self._running)

    def is_listener(self, task: asyncio.Task[Any] | None) -> bool:
        """Return whether a client manager listens for other processes in a task."""
        return task in self._listeners
