"""Which notebook of the course a kernel runs, if that can be known."""

from __future__ import annotations

import os
import re

from labkit.shell.running import running_shell

_NUMBER = re.compile(r"(?:mine-)?(\d\d)-[^/\\]*\.ipynb$")
"""At the end of a path: the notebook's number, also of a learner's version that a reset kept."""


def find_number() -> str:
    """Return the number of the notebook that this kernel runs, "" if it cannot be known.

    Jupyter's server names the notebook in the kernel's environment, Visual Studio Code in its
    variables. nbclient and nbval do not name it.
    """
    shell = running_shell()
    names = shell.user_ns if shell is not None else {}
    for path in (names.get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME")):
        found = _NUMBER.search(path) if isinstance(path, str) else None
        if found:
            return found[1]
    return ""
