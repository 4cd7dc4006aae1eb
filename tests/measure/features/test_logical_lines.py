"""How long a program is."""

from __future__ import annotations

import pytest

from labkit.measure.features.logical_lines import count_logical_lines


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("", 0),
        ("# a comment\n\n\n", 0),
        ('"""What a module does."""\n', 0),
        ("import asyncio\nfrom json import dumps, loads", 2),
        ("number = 1; text = 'one'", 2),
        ("call(\n    one,\n    two,\n)", 1),
        ("call(one, two)", 1),
        ("def f():\n    '''What it does.'''\n    return 1", 2),
        ("@event\nasync def f():\n    await g()", 2),
        ("class A:\n    '''What it is.'''\n    x: int", 2),
        ("if a:\n    b()\nelif c:\n    d()\nelse:\n    e()", 5),
        ("try:\n    a()\nexcept OSError:\n    b()\nfinally:\n    c()", 4),
        ("match a:\n    case 1:\n        b()\n    case _:\n        c()", 3),
        ("def f():\n    def g():\n        pass\n    return [h for h in i if h]", 4),
        ("text = '''\nnot a docstring\n'''", 1),
    ],
)
def test_each_statement_counts_once(source: str, lines: int) -> None:
    """However it is broken into lines, and without what only explains."""
    assert count_logical_lines(source) == lines


def test_what_is_not_python_has_no_length() -> None:
    """A text with a mistake in it is not counted."""
    with pytest.raises(SyntaxError):
        count_logical_lines("def f(:")
