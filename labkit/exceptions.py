"""What labkit raises: one sentence of what happened, why, and what to do."""

from labkit.untrusted import plain_text


class LabError(Exception):
    """Something on the bench cannot be done as asked; the text says what to do instead.

    It may quote a peer, and goes to a terminal or a notebook, so it is shown as untrusted text is.
    """

    def __str__(self) -> str:
        return plain_text(super().__str__(), lines=True)


class PortTaken(LabError):
    """A server cannot listen, for somebody else has its port."""


class ConnectError(LabError, ConnectionError):
    """A client could not connect; the text names what answers at that address, if anything."""


class NotHeard(LabError, TimeoutError):
    """A client waited for a message that did not come; the text tells what it heard instead."""


class Disconnected(LabError, ConnectionError):
    """A message cannot be sent, since the connection is not open."""


class Unfinished(LabError):
    """`finish` found background errors, or something still running that the bench does not own."""


class LoopBlocked(LabError):
    """A handler kept the event loop from running for so long that the watchdog broke it."""


class LoopStillBlocked(BaseException):
    """As `LoopBlocked`, for code that swallows every `Exception` and goes on blocking."""


class NotAcknowledged(LabError, TimeoutError):
    """An acknowledgement did not come in time, or can come no more; the text tells why."""


class HandlerFailed(LabError):
    """A handler of the server failed on an event, so that no acknowledgement will come."""


def await_hint(thing: object) -> str:
    """Return what may be wrong if a function was given something it cannot use, "" if unknown.

    Examples
    --------
    >>> await_hint(7)
    ''
    """
    return " Did you forget an `await`?" if hasattr(thing, "__await__") else ""
