"""The command `labkit`: one verb, one module of `labkit.commands`, imported when it is called."""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Sequence

from labkit.commands.output import say
from labkit.exceptions import LabError
from labkit.shadows import shadows_named

VERBS = {
    "lab": "open the course in JupyterLab (further options go to JupyterLab)",
    "doctor": "check this machine and say what to do",
    "copy": "hand out the course into a folder",
    "check": "run notebooks and compare them with their stored outputs",
    "refresh": "run notebooks and store their outputs",
    "reset": "bring notebooks of your working copy back to their original",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb.

    Parameters
    ----------
    arguments
        Without the program's name; None takes those of this process.

    Returns
    -------
    int
        0 if all is well, 1 if something is wrong, 2 if the call itself is.
    """
    _print_anything()
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except LabError as error:
        say(f"labkit: {error}", sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="labkit", description="A bench for real-time transports.")
    verbs = parser.add_subparsers(dest="verb", metavar="verb", required=True)
    if words and words[0] in VERBS:
        with shadows_named():
            module = importlib.import_module(f"labkit.commands.{words[0]}")
        module.arguments(verbs.add_parser(words[0], help=VERBS[words[0]]))
    else:
        for verb, text in VERBS.items():
            verbs.add_parser(verb, help=text)
    options, further = parser.parse_known_args(words)
    if further and options.verb != "lab":
        parser.error(f"unknown: {' '.join(further)}")
    with shadows_named():
        return int(module.run(options, further) if options.verb == "lab" else module.run(options))


def _print_anything() -> None:
    """Have letters that the output's encoding lacks escaped: on Windows a pipe has an old one."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
