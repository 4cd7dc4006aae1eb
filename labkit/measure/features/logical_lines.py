"""How long a program is, in logical lines."""

from __future__ import annotations

import ast


def count_logical_lines(source: str) -> int:
    """Return how many statements a program has.

    Each statement counts once, wherever it stands: an import, an assignment, a call, a ``return``,
    and each ``def``, ``class``, ``if``, ``for``, ``with``, ``try`` or ``match`` besides what is in
    it. Not counted are comments, empty lines, docstrings, decorators, and the further clauses of a
    statement (``else``, ``except``, ``finally``, ``case``).

    Physical lines would measure the formatter: they change with the length of names, with where a
    call is broken, and with how much is explained. A statement is one step that somebody has to
    think of and to write. What it does not show is how hard a step is: a long expression counts as
    much as a short one.

    Parameters
    ----------
    source
        The program's text.

    Raises
    ------
    SyntaxError
        If it is not Python.

    Examples
    --------
    >>> count_logical_lines("numbers = [1, 2]  # two")
    1
    """
    return sum(
        isinstance(node, ast.stmt) and not _is_docstring(node)
        for node in ast.walk(ast.parse(source))
    )


def _is_docstring(node: ast.stmt) -> bool:
    """Return whether a statement is a text alone, which documents and does nothing."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
