"""What the command line prints: it quotes notebooks, programs and peers, to a terminal."""

from __future__ import annotations

from typing import TextIO

from labkit.untrusted import plain_text


def say(text: str, stream: TextIO | None = None) -> None:
    """Print a text of one or more lines, without anything that a terminal would obey.

    Parameters
    ----------
    text
        What is said.
    stream
        None takes the standard output.
    """
    print(plain_text(text, lines=True), file=stream, flush=True)
