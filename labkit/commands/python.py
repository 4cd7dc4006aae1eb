"""`labkit python`: the Python that has the course's libraries, whatever `python` is in a terminal.

A terminal reads the learner's own settings, which may put another Python first on the PATH, as
conda and pyenv do.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from labkit.commands.ending import attend


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments: all of Python's."""
    parser.epilog = "What follows goes to Python: a file and its arguments, -m MODULE, -c CODE ..."


def run(options: argparse.Namespace, further: Sequence[str]) -> int:
    """Become Python, or run it to its end where no process can become another."""
    command = [sys.executable, *further]
    if os.name == "nt":
        return attend(command, cwd=Path.cwd(), env=os.environ)
    os.execv(sys.executable, command)
