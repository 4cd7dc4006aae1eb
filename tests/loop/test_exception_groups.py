"""What an error stands for."""

from __future__ import annotations

from labkit.loop.exception_groups import describe_exception, leaf_exceptions


def test_a_group_stands_for_what_is_in_it() -> None:
    """At any depth, in order; anything else stands for itself."""
    first, second, third = KeyError("a"), ValueError(), KeyboardInterrupt("c")
    group = BaseExceptionGroup("all", [first, BaseExceptionGroup("some", [second, third])])
    assert leaf_exceptions(group) == [first, second, third]
    assert leaf_exceptions(first) == [first]


def test_how_it_is_told() -> None:
    """Class and text of each, and no colon where there is no text."""
    group = ExceptionGroup("unhandled errors in a TaskGroup", [KeyError("a"), ValueError()])
    assert describe_exception(group) == "KeyError: 'a'; ValueError"
    assert describe_exception(LookupError("b")) == "LookupError: b"
