"""The errors of labkit."""

import inspect

from labkit import exceptions
from tests.support.untrusted import HOSTILE, hidden_in


def test_all_but_one_can_be_caught_at_once() -> None:
    """`except LabError` catches them; the watchdog's last resort is no Exception at all."""
    errors = [thing for thing in vars(exceptions).values() if isinstance(thing, type)]
    others = {error for error in errors if not issubclass(error, exceptions.LabError)}
    assert others == {exceptions.LoopStillBlocked}
    assert not issubclass(exceptions.LoopStillBlocked, Exception)


def test_what_an_error_quotes_is_text() -> None:
    """Lines stay lines; what a terminal would obey, or nobody would see, shows."""
    error = exceptions.ConnectError(f"alice cannot connect:\n{HOSTILE}")
    assert str(error).startswith("alice cannot connect:\n␛]0;OWNED␇")
    assert not hidden_in(str(error), lines=True) and not hidden_in(repr(error))
    assert error.args == (f"alice cannot connect:\n{HOSTILE}",)


def test_the_index_is_the_tree() -> None:
    """The index on top names every error, below its parent and with its built-in class."""
    errors = [thing for thing in vars(exceptions).values() if isinstance(thing, type)]
    index = inspect.getdoc(exceptions) or ""
    rows = [line.split() for line in index.splitlines() if line.startswith("    ")]
    assert [row[0] for row in rows if row and row[0] != "BaseException"] == [
        error.__name__ for error in errors
    ]
    parent = ""
    for line in filter(str.strip, index.splitlines()):
        name, *more = line.split()
        if line.startswith(" " * 8):
            bases = [base.__name__ for base in getattr(exceptions, name).__bases__]
            assert bases[0] == parent, name
            assert more[: len(bases) - 1] == bases[1:], name
        elif line.startswith(" " * 4):
            parent = name
