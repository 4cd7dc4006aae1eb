"""Makes untrusted text fit to be shown in a view: as text alone, and not endless."""

from __future__ import annotations

from labkit.untrusted import plain_text


def clip(text: str, longest: int) -> str:
    """Return a text with nothing hidden, cut to `longest` characters; then it tells its length.

    Ends of lines stay. (Lone surrogates do not: one in a widget's state would make the whole update
    fail.)

    Examples
    --------
    >>> clip("hello", 10)
    'hello'
    >>> clip("hello there", 5)
    'hello… [11 characters]'
    """
    shown = plain_text(text[:longest], lines=True)
    return shown if len(text) <= longest else f"{shown}… [{len(text)} characters]"
