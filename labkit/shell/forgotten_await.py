"""A forgotten `await`: the value of the cell is a coroutine, and nothing has happened.

Python's own words for it are `<coroutine object Client.say at 0x...>`, and much later, under some
other cell, a warning that it "was never awaited".
"""

from __future__ import annotations

import ast
from pathlib import Path
from types import CoroutineType
from typing import Any

from labkit.shell.running import running_shell

_FOLDER = str(Path(__file__).parents[1])

MAX_CALL_SHOWN = 80
"""Characters of a call that is quoted."""


def explain_coroutines(shell: Any = None) -> None:
    """Let a coroutine of labkit's say what it is, and what to type, when it is a cell's value.

    Parameters
    ----------
    shell
        IPython's shell; by default the one that runs this, if any.
    """
    if shell is None:
        shell = running_shell()
    if shell is None:
        return

    def show(coroutine: CoroutineType[Any, Any, Any], printer: Any, cycle: bool) -> None:
        if not coroutine.cr_code.co_filename.startswith(_FOLDER):
            printer.text(repr(coroutine))
            return
        printer.text(_explanation(coroutine, shell))
        if not _has_name(coroutine, shell):
            coroutine.close()  # or Python warns of it, under another cell

    shell.display_formatter.formatters["text/plain"].for_type(CoroutineType, show)


def _explanation(coroutine: CoroutineType[Any, Any, Any], shell: Any) -> str:
    call = _call(coroutine.__name__, shell)
    what_to_type = f"Type `await {call}`." if call else "Put `await` in front of the call."
    return (
        f"Nothing has happened yet: {coroutine.__qualname__}(...) is a coroutine, which runs when "
        f"it is awaited. {what_to_type}"
    )


def _call(name: str, shell: Any) -> str:
    """Return the call at the end of the cell, "" if it is not one of this name, or too long."""
    cell = shell.user_ns.get("In", [""])[-1]
    try:
        last = ast.parse(cell).body[-1]
    except (SyntaxError, IndexError):
        return ""
    match last:
        case ast.Expr(value=ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called))):
            source = ast.get_source_segment(cell, last) or ""
            return source if called == name and len(source) <= MAX_CALL_SHOWN else ""
    return ""


def _has_name(coroutine: CoroutineType[Any, Any, Any], shell: Any) -> bool:
    """Whether the learner can still await it; IPython's own names (`_`, `_3`) do not count."""
    return any(
        value is coroutine for name, value in shell.user_ns.items() if not name.startswith("_")
    )
