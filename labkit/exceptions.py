"""What labkit raises: each text says what happened, why, and what to do.

The tree, with the built-in class that each one also is, so that `except TimeoutError` works::

    LabError                                cannot be done as asked
        PortTaken                           a server's port is in use
        ConnectError     ConnectionError    a client could not connect
        Disconnected     ConnectionError    a message cannot be sent: the connection is not open
        NotSayable       TypeError          something is neither text nor bytes
        NotHeard         TimeoutError       a message did not come in time
        NotAcknowledged  TimeoutError       an acknowledgement did not come
        HandlerFailed                       a server's handler failed, so none will come
        TaskExited                          a task called `sys.exit`, and only it was ended
        LoopBlocked                         a handler blocked the event loop and was stopped
        Unfinished                          `finish` found background errors or leftovers

    BaseException
        LoopStillBlocked                    as `LoopBlocked`, where every `Exception` is swallowed
"""

from labkit import source_lines
from labkit.shell.tracebacks import render_traceback
from labkit.untrusted import plain_text


class LabError(Exception):
    """Something on the bench cannot be done as asked; the text says what to do instead.

    The text may quote a peer and ends up in a terminal or a notebook, so it is made safe to show.
    """

    def __str__(self) -> str:
        return plain_text(super().__str__(), lines=True)

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows below a cell."""
        return render_traceback(self)


class PortTaken(LabError):
    """A server cannot listen because its port is in use."""


class ConnectError(LabError, ConnectionError):
    """A client could not connect; the text names what answers at that address, if anything."""


class Disconnected(LabError, ConnectionError):
    """A message cannot be sent because the connection is not open."""


class NotSayable(LabError, TypeError):
    """What a client is to say is neither text nor bytes; the text says how to send it."""


class NotHeard(LabError, TimeoutError):
    """A message did not come in time; the text says what the client heard instead."""


class NotAcknowledged(LabError, TimeoutError):
    """An acknowledgement did not come in time, or can no longer come; the text says why."""


class HandlerFailed(LabError):
    """A server's handler failed on an event, so no acknowledgement will come."""


class TaskExited(LabError):
    """A task called `sys.exit`, which would have ended the kernel; only the task was ended."""


class LoopBlocked(LabError):
    """A handler kept the event loop from running for too long, and the watchdog stopped it.

    Attributes
    ----------
    source_line
        The learner's line that ran; a library may have caught the exception above it.
    """

    source_line: source_lines.SourceLine | None = None


class Unfinished(LabError):
    """`finish` found background errors, or something still running that the bench does not own."""


class LoopStillBlocked(BaseException):
    """As `LoopBlocked`, for code that swallows every `Exception` and goes on blocking."""

    source_line: source_lines.SourceLine | None = None


def await_hint(thing: object) -> str:
    """Return a hint at a missing `await` if a wrong argument is awaitable, otherwise "".

    Examples
    --------
    >>> await_hint(7)
    ''
    """
    return " Did you forget an `await`?" if hasattr(thing, "__await__") else ""
