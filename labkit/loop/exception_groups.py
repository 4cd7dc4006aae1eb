"""What an error stands for: an exception stands for itself, a group for those that are in it.

A task group raises a group whatever happened inside it, also for a single error. Its own text
counts them, and its line is that of the `async with`; neither says what went wrong, or where.
"""

from __future__ import annotations


def leaves(error: BaseException) -> list[BaseException]:
    """Return the exceptions that are no groups: of a group those in it, at any depth.

    Examples
    --------
    >>> leaves(ExceptionGroup("both", [KeyError("a"), ExceptionGroup("one", [KeyError("b")])]))
    [KeyError('a'), KeyError('b')]
    """
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    return [leaf for part in error.exceptions for leaf in leaves(part)]


def described(error: BaseException) -> str:
    """Return class and text of an exception, or of each in a group.

    Examples
    --------
    >>> described(KeyError("a"))
    "KeyError: 'a'"
    """
    return "; ".join(f"{type(leaf).__name__}: {leaf}".removesuffix(": ") for leaf in leaves(error))
