"""labkit: a bench for real-time transports, in a notebook.

import labkit as lab

await lab.fresh()
server = await lab.serve("websocket")
alice = await lab.connect(server, "alice")
bob = await lab.connect(server, "bob")
lab.show(alice, bob)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from labkit.shadows import explain_shadows
from labkit.shell.cell_parents import keep_cell_parents
from labkit.shell.forgotten_await import explain_coroutines
from labkit.shell.interrupts import explain_cancelled_cells

if TYPE_CHECKING:
    from labkit.exceptions import LabError
    from labkit.links import Link
    from labkit.measure.crowds import crowd
    from labkit.transports.contract import Client, Server
    from labkit.verbs import (
        check,
        close,
        connect,
        errors,
        explain,
        finish,
        fresh,
        hint,
        ladder,
        link,
        progress,
        serve,
        show,
        solution,
        verdicts,
    )

__all__ = [
    "Client",
    "LabError",
    "Link",
    "Server",
    "check",
    "close",
    "connect",
    "crowd",
    "errors",
    "explain",
    "finish",
    "fresh",
    "hint",
    "ladder",
    "link",
    "progress",
    "serve",
    "show",
    "solution",
    "verdicts",
]

_HOMES = {
    "Client": "labkit.transports.contract",
    "LabError": "labkit.exceptions",
    "Link": "labkit.links.link",
    "Server": "labkit.transports.contract",
    "crowd": "labkit.measure.crowds",
}

explain_coroutines()
keep_cell_parents()
explain_cancelled_cells()


def __getattr__(name: str) -> Any:
    """Import a public name on its first use, so that `import labkit` loads nothing heavy."""
    if name not in __all__:
        raise AttributeError(f"module 'labkit' has no attribute {name!r}")
    with explain_shadows():
        value = getattr(importlib.import_module(_HOMES.get(name, "labkit.verbs")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
