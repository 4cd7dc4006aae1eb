"""`labkit reset NN`: restore a notebook of the working copy to its original."""

from __future__ import annotations

import argparse

from labkit.commands.course import find_course
from labkit.commands.output import print_text

OPEN = "If it is open in JupyterLab: File > Reload Notebook from Disk, before you save it there."
"""A tab keeps its old content, and saving that would undo the reset."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "numbers", nargs="+", metavar="NN", help="number of a notebook, for example 03"
    )


def run(options: argparse.Namespace) -> int:
    """Reset the notebooks; a changed copy is kept beside the original under another name."""
    course = find_course()
    for original in course.find(options.numbers):
        kept = course.reset(original)
        yours = f"; your version is kept as {kept.name}" if kept else ""
        print_text(f"{original.name} is restored{yours}.")
    print_text(OPEN)
    return 0
