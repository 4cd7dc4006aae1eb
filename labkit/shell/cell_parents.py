"""To which cell a kernel's messages belong: JupyterLab shows outputs, and ends, by it.

While a cell waits, ipykernel 7.4 lets messages of widgets pass, and then sets the parent of what it
sends back to that cell (`kernelbase.shell_main`). All cells share one context. If the cell has
ended in the meantime and the next one has begun, the outputs and the end of the next one would be
sent in the name of the one before, and JupyterLab would show it with `[*]` for ever.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from labkit.shell.running import running_shell

REMEMBERED = 16
"""Cells that have begun: a parent is late by a few turns of the loop, and not by so many cells."""


def keep_cell_parents(shell: Any = None) -> None:
    """Let no parent be set back to a cell when another one has begun since.

    Parameters
    ----------
    shell
        IPython's shell; by default the one that runs this, if any.
    """
    if shell is None:
        shell = running_shell()
    kernel = getattr(shell, "kernel", None)
    if kernel is None or "set_parent" in vars(kernel):
        return
    former = kernel.set_parent
    begun: deque[str] = deque([_id(kernel.get_parent("shell"))], maxlen=REMEMBERED)

    def set_parent(ident: Any, parent: Any, channel: str = "shell") -> None:
        if channel != "shell" or _id(parent) not in [*begun][:-1]:
            former(ident, parent, channel)

    kernel.set_parent = set_parent
    shell.events.register("pre_execute", lambda: begun.append(_id(kernel.get_parent("shell"))))


def _id(message: Any) -> str:
    return str(message.get("header", {}).get("msg_id", ""))
