"""The tasks that the library starts for one server, of which it keeps no list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from labkit.transports.socketio.server.current_request import CurrentRequest, current_request
from labkit.transports.socketio.server.sessions import Sessions

_LIBRARYS = ("engineio.", "labkit.", "socketio.")
"""How the names of modules begin whose functions run in the library's tasks; labkit's are those
that call handlers."""


class BackgroundTasks:
    """The library's tasks for one server.

    They include handlers that have not returned, and the task in which a client manager listens for
    other processes; they do not include what a learner starts with `sio.start_background_task`.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        # weak, since a callback at the end of each task would cost a turn of the loop
        self._tasks = WeakSet[asyncio.Task[Any]]()

    def start(
        self,
        original: Callable[..., asyncio.Task[Any]],
        target: Any,
        *arguments: Any,
        **options: Any,
    ) -> asyncio.Task[Any]:
        """Start a task as the library does, and keep it if it is the library's."""
        if getattr(target, "__self__", None) is self._sessions.library.manager:
            # the context is inherited from the request during which it happens to start
            listening = CurrentRequest("", "", self._sessions, is_listening=True)
            before = current_request.set(listening)
            task = original(target, *arguments, **options)
            current_request.reset(before)
        else:
            task = original(target, *arguments, **options)
            if not getattr(target, "__module__", "").startswith(_LIBRARYS):
                return task
        self._tasks.add(task)
        return task

    @property
    def running(self) -> set[asyncio.Task[Any]]:
        """Those that have not ended."""
        return {task for task in self._tasks if not task.done()}
