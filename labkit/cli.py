"""The command `labkit`. Each verb is a module of `labkit.commands`, imported when it is called."""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Sequence

from labkit.commands.ending import leave, when_told
from labkit.commands.output import print_text
from labkit.commands.spelling import spell_command
from labkit.exceptions import LabError
from labkit.shadows import explain_shadows

VERBS = {
    "lab": "open the course in JupyterLab (further options go to JupyterLab)",
    "doctor": "check whether this machine is ready, and say what to do",
    "copy": "copy the course into a folder",
    "check": "run the course's notebooks, or your copy, and compare the outputs",
    "refresh": "run notebooks and store their outputs",
    "reset": "restore notebooks of your working copy to their originals",
    "python": "run the Python that has the course's libraries (further options go to it)",
}

PASSES_ON = ("lab", "python")
"""Verbs whose further arguments are those of another program."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb and return its exit code.

    Parameters
    ----------
    arguments
        The command line without the program's name; None uses `sys.argv`.

    Returns
    -------
    int
        0 for success, 1 for a failure, 130 after Ctrl-C. (For wrong usage, argparse exits with 2,
        and when this process is told to end, with the code of the signal, for example 143.)
    """
    _print_anything()
    try:
        with when_told(leave):
            return _run(list(sys.argv[1:] if arguments is None else arguments))
    except LabError as error:
        print_text(f"labkit: {error}", sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="labkit", description="A bench for real-time transports.")
    verbs = parser.add_subparsers(dest="verb", metavar="verb", required=True)
    if not words or words[0] not in VERBS:
        for verb, text in VERBS.items():
            verbs.add_parser(verb, help=text)
        parser.parse_args(words)  # shows the help, or what is wrong
    with explain_shadows():
        module = importlib.import_module(f"labkit.commands.{words[0]}")
    own = verbs.add_parser(words[0], prog=spell_command(words[0]))
    module.arguments(own)
    options, further = parser.parse_known_args(words)
    passes_on = options.verb in PASSES_ON
    if further and not passes_on:
        own.error(f"unrecognized arguments: {' '.join(further)}")
    with explain_shadows():
        return int(module.run(options, further) if passes_on else module.run(options))


def _print_anything() -> None:
    """Escape characters that the output's encoding lacks: on Windows, a pipe has a legacy one."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
