"""What `hears` waits for: which messages match it, and how an error names it."""

from __future__ import annotations

from collections.abc import Callable

from labkit.transports.contract.transcript import Message

Expected = str | int | Callable[[Message], bool] | None


def matches(expected: Expected, message: Message) -> bool:
    """Whether a message is the expected one; None expects any."""
    if callable(expected):
        return bool(expected(message))
    if isinstance(expected, str):
        return expected in message if isinstance(message, str) else expected.encode() in message
    return True


def shortened(message: Message) -> str:
    """Return the `repr` of a message, its beginning if it is long."""
    text = repr(message)
    return text if len(text) <= 60 else f"{text[:57]}..."


def described(expected: Expected) -> str:
    """Say what is expected, in a few words."""
    if expected is None:
        return "a message"
    if isinstance(expected, int) and not isinstance(expected, bool):
        return f"{expected} messages"
    if callable(expected):
        return f"a message for which `{getattr(expected, '__name__', 'the predicate')}` is true"
    return repr(expected)
