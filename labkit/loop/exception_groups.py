"""Exception groups, replaced by the exceptions in them.

A task group raises an exception group even for a single error. The group's text only counts the
errors, and its line is that of the `async with`; neither says what went wrong, or where.
"""

from __future__ import annotations


def leaf_exceptions(error: BaseException) -> list[BaseException]:
    """Return the exceptions in a group, at any depth; for any other exception, itself.

    Examples
    --------
    >>> leaves(ExceptionGroup("both", [KeyError("a"), ExceptionGroup("one", [KeyError("b")])]))
    [KeyError('a'), KeyError('b')]
    """
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    return [leaf for part in error.exceptions for leaf in leaf_exceptions(part)]


def describe_exception(error: BaseException) -> str:
    """Return class and text of an exception, or of each one in a group.

    Examples
    --------
    >>> described(KeyError("a"))
    "KeyError: 'a'"
    """
    return "; ".join(
        f"{type(leaf).__name__}: {leaf}".removesuffix(": ") for leaf in leaf_exceptions(error)
    )
