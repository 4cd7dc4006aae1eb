"""The greeting of the finished chats."""

from __future__ import annotations


def welcome(count: int) -> str:
    """Return the greeting of a client, by the number of clients that are there.

    Examples
    --------
    >>> welcome(1), welcome(3)
    ('Welcome! You are the first.', 'Welcome! You are one of 3.')
    """
    return f"Welcome! You are {'the first' if count == 1 else f'one of {count}'}."
