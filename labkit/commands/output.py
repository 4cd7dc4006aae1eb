"""Printing on the command line, which quotes notebooks, programs and peers to a terminal."""

from __future__ import annotations

from typing import TextIO

from labkit.untrusted import plain_text


def print_text(text: str, stream: TextIO | None = None) -> None:
    """Print a text of one or more lines, without anything that a terminal would obey.

    Parameters
    ----------
    text
        The text to print.
    stream
        The stream to print to; None uses the standard output.
    """
    print(plain_text(text, lines=True), file=stream, flush=True)
