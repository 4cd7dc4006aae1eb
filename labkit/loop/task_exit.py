"""`sys.exit` in a task: asyncio lets SystemExit of a task end the whole loop, and so the kernel."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from types import CoroutineType, TracebackType
from typing import Any

from labkit.exceptions import TaskExited


class Contained(Coroutine[Any, Any, Any]):
    """A coroutine whose SystemExit fails its task, and nothing else.

    It is in all else as the coroutine inside: what asyncio and debuggers ask of one, such as its
    name and its frame, is that one's.

    Parameters
    ----------
    inside
        The coroutine.
    """

    def __init__(self, inside: CoroutineType[Any, Any, Any]) -> None:
        self._inside = inside

    def send(self, value: Any) -> Any:
        """Run the coroutine until it awaits again."""
        try:
            return self._inside.send(value)
        except SystemExit as error:
            raise _exited(error) from error

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
        except SystemExit as exit:
            raise _exited(exit) from exit

    def close(self) -> None:
        """End the coroutine."""
        self._inside.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._inside.__await__()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inside, name)

    def __repr__(self) -> str:
        return repr(self._inside)


def _exited(error: SystemExit) -> TaskExited:
    code = "" if error.code is None else repr(error.code)
    text = (
        f"This task called sys.exit({code}), which would end the kernel, so only the task was "
        "ended. Leave a coroutine with `return`."
    )
    return TaskExited(text).with_traceback(error.__traceback__)  # which has the learner's line
