"""The shell that runs this program, if one does."""

from __future__ import annotations

import sys
from typing import Any


def running_shell() -> Any:
    """Return IPython's shell, None in a plain program; IPython is not imported for that."""
    ipython = sys.modules.get("IPython")
    return ipython and ipython.get_ipython()
