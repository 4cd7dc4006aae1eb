"""Makes a text fit to be shown: not endless, and without what Jupyter cannot send."""

from __future__ import annotations


def clip(text: str, longest: int) -> str:
    """Return a text cut to `longest` characters; its full length is told if it was longer.

    Lone surrogates (half of a character, which a Python string may hold and UTF-8 may not) are
    replaced: one of them in a widget's state would make the whole update fail.

    Examples
    --------
    >>> clip("hello", 10)
    'hello'
    >>> clip("hello there", 5)
    'hello… [11 characters]'
    """
    shown = text[:longest].encode("utf-8", "replace").decode("utf-8")
    return shown if len(text) <= longest else f"{shown}… [{len(text)} characters]"
