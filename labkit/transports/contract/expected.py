"""What `hears` waits for: which messages match it, and how an error names it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from labkit.exceptions import LabError, await_hint
from labkit.transports.contract.transcript import Message

Expected = (
    str | bytes | re.Pattern[str] | re.Pattern[bytes] | int | Callable[[Message], bool] | None
)


@dataclass(frozen=True)
class Expectation:
    """A validated expectation.

    Attributes
    ----------
    words
        Its description in an error.
    number
        The number of messages to wait for; None for one message that matches.
    matches
        Returns whether a message is the expected one.
    """

    words: str
    number: int | None = None
    matches: Callable[[Message], bool] = lambda message: True

    @classmethod
    def of(cls, expected: Expected) -> Expectation:
        """Return the expectation for an argument of `hears`. Raises LabError for a wrong one."""
        if expected is None:
            return cls("a message")
        if isinstance(expected, (str, bytes, bytearray, memoryview)):
            return cls(repr(expected), matches=_containing(expected))
        if isinstance(expected, re.Pattern):
            return cls(f"a message with {expected.pattern!r}", matches=_with(expected))
        if isinstance(expected, type) and issubclass(expected, (str, bytes)):
            return cls(
                f"a message of {expected.__name__}", matches=lambda each: isinstance(each, expected)
            )
        if hasattr(expected, "__index__") and not isinstance(expected, (bool, type)):
            number = int(expected)
            if number >= 0:
                return cls(f"{number} messages", number)
        elif callable(expected) and not isinstance(expected, type):
            return cls(
                f"a message for which `{_name(expected)}` is true", matches=_true_for(expected)
            )
        raise LabError(
            f"`hears` cannot wait for {short_repr(expected)}. Give a text or bytes that the "
            "message contains, a pattern of `re`, a function that is true for the message, a "
            f"number of messages, or nothing for the next message.{_hint(expected)}"
        )

    def find(self, inbox: Sequence[Message], start: int) -> int | None:
        """Return the index behind the expected message in an inbox, None if it has not come."""
        if self.number is not None:
            end = start + self.number
            return end if len(inbox) >= end else None
        for index in range(start, len(inbox)):
            if self.matches(inbox[index]):
                return index + 1
        return None


def _containing(part: str | bytes | bytearray | memoryview) -> Callable[[Message], bool]:
    if not isinstance(part, str):
        exact = bytes(part)
        return lambda message: isinstance(message, bytes) and exact in message
    encoded = part.encode("utf-8", "surrogatepass")
    return lambda message: part in message if isinstance(message, str) else encoded in message


def _with(pattern: re.Pattern[Any]) -> Callable[[Message], bool]:
    kind = type(pattern.pattern)  # text or bytes: the kind of messages that it can search
    return lambda message: isinstance(message, kind) and pattern.search(message) is not None


def _true_for(predicate: Callable[[Message], Any]) -> Callable[[Message], bool]:
    def matches(message: Message) -> bool:
        answer = predicate(message)
        if inspect.isawaitable(answer):
            if inspect.iscoroutine(answer):
                answer.close()
            raise LabError(
                f"`{_name(predicate)}` is a coroutine function, and `hears` does not await it, so "
                "it would be true for every message. Write it with `def` instead of `async def`."
            )
        return bool(answer)

    return matches


def _name(function: object) -> str:
    return getattr(function, "__name__", "the predicate")


def _hint(expected: object) -> str:
    if isinstance(expected, (dict, list, tuple)):
        return " For JSON: `lambda message: json.loads(message) == ...`."
    return await_hint(expected)


def short_repr(thing: object) -> str:
    """Return the `repr` of a message or a value, shortened to 60 characters."""
    text = repr(thing)
    return text if len(text) <= 60 else f"{text[:57]}..."
