"""Numbers as they are said of a fault: seconds and bytes."""

from __future__ import annotations


def describe_seconds(seconds: float) -> str:
    """Return seconds as given, with their unit.

    Examples
    --------
    >>> describe_seconds(0.30)
    '0.3 s'
    """
    return f"{seconds:,.13g} s"


def describe_bytes(count: float) -> str:
    """Return a number of bytes as given, with its unit.

    Examples
    --------
    >>> describe_bytes(1500)
    '1,500 bytes'
    """
    return f"{count:,.13g} {'byte' if count == 1 else 'bytes'}"


def describe_size(count: int) -> str:
    """Return how many bytes there are, rounded.

    Examples
    --------
    >>> describe_size(65_536)
    '64 KiB'
    """
    if count < 1024:
        return describe_bytes(count)
    number, unit = (count / 1024, "KiB") if count < 2**20 else (count / 2**20, "MiB")
    return f"{number:.0f} {unit}" if number >= 10 else f"{number:.1f} {unit}"
