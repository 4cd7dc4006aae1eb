"""`sys.exit` in a task, which would end the loop, and so the kernel.

asyncio lets SystemExit and KeyboardInterrupt of a task out of the loop. `loop_guard.py` contains
what leaves in any other way.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from types import CoroutineType, TracebackType
from typing import Any

from labkit.exceptions import TaskExited
from labkit.loop.scope import Scope

EXITS: tuple[type[BaseException], ...] = (SystemExit, KeyboardInterrupt)


class Contained(Coroutine[Any, Any, Any]):
    """A coroutine whose exit fails its task, and nothing else.

    It is in all else as the coroutine inside: what asyncio and debuggers ask of one, such as its
    name and its frame, is that one's.

    Parameters
    ----------
    inside
        The coroutine.
    exits
        The exceptions that would end the loop.
    scope
        The scope in which its task was made.
    """

    def __init__(
        self,
        inside: CoroutineType[Any, Any, Any],
        exits: tuple[type[BaseException], ...] = EXITS,
        scope: Scope | None = None,
    ) -> None:
        self._inside = inside
        self._exits = exits
        self.scope = scope

    def send(self, value: Any) -> Any:
        """Run the coroutine until it awaits again."""
        try:
            return self._inside.send(value)
        except self._exits as error:
            raise exited("task", error) from error

    def throw(
        self,
        kind: Any,
        value: Any = None,
        traceback: TracebackType | None = None,
    ) -> Any:
        """Raise an exception where the coroutine awaits, and run it until it awaits again."""
        error = kind if value is None else value
        try:
            return self._inside.throw(error)
        except self._exits as exit:
            raise exited("task", exit) from exit

    def close(self) -> None:
        """End the coroutine."""
        self._inside.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._inside.__await__()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inside, name)

    def __repr__(self) -> str:
        return repr(self._inside)


def exited(which: str, error: BaseException) -> TaskExited:
    """Return the error of a task or callback that has left with an exception, and why it ended."""
    if isinstance(error, SystemExit):
        did = f"called sys.exit({'' if error.code is None else repr(error.code)})"
    else:
        did = f"raised {type(error).__name__}"
    end = "Leave a coroutine with `return`." if which == "task" else "Leave it with `return`."
    text = f"This {which} {did}, which would end the kernel, so only the {which} was ended. {end}"
    return TaskExited(text).with_traceback(error.__traceback__)  # which has the learner's line
