"""How much of a text fits into so many pixels."""

from __future__ import annotations

from unicodedata import east_asian_width


def shortened(text: str, room: float) -> str:
    """Return what of a text fits into so many pixels, with an ellipsis if that is not all of it."""
    if sum(map(_breadth, text)) <= room:
        return text
    room -= _breadth("…")
    for number, character in enumerate(text):
        room -= _breadth(character)
        if room < 0:
            return f"{text[:number]}…"
    return text


def _breadth(character: str) -> float:
    """Guess pixels at 13 px: as in DejaVu Sans, which is wider than what most people have."""
    if character in "ijlfrt .,:;!|'/\\()[]-":
        return 4.8
    if character in "mwMW@%&#<=>+~^…" or east_asian_width(character) in "WF":
        return 13
    return 9.3 if character.isupper() else 8
