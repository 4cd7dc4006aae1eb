"""How to type a verb of `labkit`, depending on the installation."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def spell_command(words: str) -> str:
    """Return the command for a verb and its arguments that works where this process was started.

    The command `labkit` is on the PATH in JupyterLab's terminal and in conda's environment. In a
    shell of a learner who followed the README it is not; there, `start.py` runs the verb.

    Parameters
    ----------
    words
        The verb and its arguments, for example ``"reset 00"``.
    """
    found = shutil.which("labkit")
    is_this = found is not None and Path(found).parent.samefile(Path(sys.executable).parent)
    if is_this or not (ROOT / "start.py").exists():
        return f"labkit {words}"
    return f"{'py' if os.name == 'nt' else 'python3'} start.py {words}"
