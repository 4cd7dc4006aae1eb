"""`labkit copy DIR`: copy the course into a folder, for a hub, an image, or a second copy."""

from __future__ import annotations

import argparse
from pathlib import Path

from labkit.commands.course import find_course
from labkit.commands.output import print_text


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="the folder of the copy")


def run(options: argparse.Namespace) -> int:
    """Make a copy of the course, or update the one in that folder."""
    course = find_course(options.folder)
    for sentence in course.hand_out():
        print_text(sentence)
    print_text(f"The course is in {course.copies}.")
    return 0
