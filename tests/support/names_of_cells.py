"""What a notebook's names stand for, cell by cell: a cell may be run again after later ones."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence


def find_replaced_names(sources: Sequence[str]) -> list[str]:
    """Return which names a cell needs that a later cell gives to something of another kind.

    The kind of a variable is what was called for it, such as ``lab.link``; that of a function, its
    parameters.
    """
    cells = [ast.parse(source) for source in sources]
    given = [_names_given(cell.body) for cell in cells]
    found = []
    for number, cell in enumerate(cells):
        for name in sorted(_names_read(cell) - set(given[number])):
            before = [names[name] for names in given[:number] if name in names]
            found += [
                f"{name}: {before[-1]}, later {names[name]}"
                for names in given[number + 1 :]
                if before and name in names and names[name] != before[-1]
            ]
    return found


def _names_read(cell: ast.Module) -> set[str]:
    names = (node for node in ast.walk(cell) if isinstance(node, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, ast.Load)}


def _names_given(body: Iterable[ast.stmt]) -> dict[str, str]:
    """Return the names that the statements of a cell give, with the kind of each."""
    given: dict[str, str] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given[node.name] = f"a function of ({ast.unparse(node.args)})"
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                given |= _targets(target, node.value)
        elif isinstance(node, ast.For | ast.AsyncFor):
            given |= _targets(node.target, None)
        for inner in ("body", "orelse", "finalbody"):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                given |= _names_given(getattr(node, inner, []))
    return given


def _targets(target: ast.expr, value: ast.expr | None) -> dict[str, str]:
    if isinstance(target, ast.Name):
        called = value.value if isinstance(value, ast.Await) else value
        return {target.id: ast.unparse(called.func) if isinstance(called, ast.Call) else "a value"}
    if not isinstance(target, ast.Tuple):
        return {}
    each: Sequence[ast.expr | None] = [None] * len(target.elts)
    if isinstance(value, ast.Tuple):
        each = value.elts
    elif isinstance(value, ast.ListComp):
        each = [value.elt] * len(target.elts)
    parts = zip(target.elts, each, strict=True)
    return {name: kind for part, of in parts for name, kind in _targets(part, of).items()}
