"""`labkit reset NN`: bring a notebook of the working copy back to its original."""

from __future__ import annotations

import argparse

from labkit.commands.course import the_course
from labkit.commands.output import say


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("numbers", nargs="+", metavar="NN", help="number of a notebook, as 03")


def run(options: argparse.Namespace) -> int:
    """Reset the notebooks; a changed copy is kept beside, under another name."""
    course = the_course()
    for original in course.find(options.numbers):
        kept = course.reset(original)
        yours = f"; yours is kept as {kept.name}" if kept else ""
        say(f"{original.name} is as it was handed out{yours}.")
    return 0
