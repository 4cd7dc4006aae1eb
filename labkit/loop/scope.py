"""The scope of a run: what happens in its context belongs to a child bench.

A check runs a learner's answer beside the learner's own servers, on the same loop. A context
variable tells them apart: asyncio hands it on to each task and callback that is made in the scope,
so it reaches the handlers of the check's servers, and never those of a server started before.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Any, Protocol
from weakref import WeakSet


class ScopeErrors(Protocol):
    """Collects the background errors of a scope."""

    loop: asyncio.AbstractEventLoop

    def add(
        self,
        exception: BaseException | None,
        where: str,
        what: str | None = None,
        server: object = None,
    ) -> None:
        """Keep an error."""

    def add_soon(self, exception: BaseException | None, where: str, what: str) -> None:
        """Keep an error; may be called on any thread."""

    def pending_errors(self) -> list[Any]:
        """Return the errors and keep them."""


class ScopeTasks(Protocol):
    """Keeps track of the learner's tasks of a scope."""

    def keep(self, task: asyncio.Future[Any], filename: str, line: int) -> None:
        """Keep track of a task until it ends."""


class Scope(Protocol):
    """What belongs to a scope: its errors, the learner's tasks, and every task made in it."""

    @property
    def background_errors(self) -> ScopeErrors:
        """Its errors."""

    @property
    def learner_tasks(self) -> ScopeTasks:
        """Its learner's tasks."""

    @property
    def tasks(self) -> WeakSet[asyncio.Future[Any]]:
        """All of its tasks that are alive, a library's too."""


current_scope: ContextVar[Scope | None] = ContextVar("labkit_scope", default=None)
"""The scope of what runs now; None outside a run."""
