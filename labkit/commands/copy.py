"""`labkit copy DIR`: hand out the course into a folder, for a hub, an image, or a second copy."""

from __future__ import annotations

import argparse
from pathlib import Path

from labkit.commands.course import the_course
from labkit.commands.output import say


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="where the copy goes")


def run(options: argparse.Namespace) -> int:
    """Hand out, or bring up to date what was handed out there."""
    course = the_course(options.folder)
    for sentence in course.hand_out():
        say(sentence)
    say(f"The course is in {course.copies}.")
    return 0
