"""A text of the course as a cell's value: Markdown where it is rendered, else as it is written."""

from __future__ import annotations

from typing import Any


class Markdown:
    """A text of the course, such as a hint; never one that came from elsewhere.

    Parameters
    ----------
    text
        Markdown.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        return {"text/markdown": self.text, "text/plain": self.text}
