"""Sizes in words, as rows and layers say them."""

from __future__ import annotations


def size_in_words(count: int) -> str:
    """Return a number of bytes with its unit.

    Examples
    --------
    >>> size_in_words(1), size_in_words(65536)
    ('1 byte', '65536 bytes')
    """
    return f"{count} {'byte' if count == 1 else 'bytes'}"
