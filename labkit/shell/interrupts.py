"""What a cell shows that was interrupted while it awaited: its line and a sentence.

Jupyter's interrupt cancels such a cell. Python's own words are an empty `CancelledError`, below
screens of the libraries' lines.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any

from labkit.shell.running import running_shell
from labkit.shell.tracebacks import render_traceback

SENTENCE = "CancelledError: the cell was interrupted, or what it waited for was cancelled."


def explain_cancelled_cells(shell: Any = None) -> None:
    """Show a cell that ends with `CancelledError` by the learner's own lines, and say why.

    Parameters
    ----------
    shell
        IPython's shell; by default the one that runs this, if any. One with another
        handler of exceptions keeps it.
    """
    shell = shell or running_shell()
    if shell is None or shell.custom_exceptions:
        return

    def show(
        shell: Any,
        kind: type[BaseException],
        error: Any,
        lines: TracebackType | None,
        tb_offset: int | None = None,
    ) -> None:
        error._render_traceback_ = lambda: [*render_traceback(error)[:-1], SENTENCE]
        shell.showtraceback((kind, error, lines))

    from asyncio import CancelledError  # a kernel has it; a plain program need not wait for it

    shell.set_custom_exc((CancelledError,), show)
