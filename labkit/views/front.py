"""The front end's files: plain JavaScript and CSS, joined where two views share a part."""

from __future__ import annotations

from importlib.resources import files


def front(*names: str) -> str:
    """Return the text of files of this folder, one after the other."""
    return "".join(files("labkit.views").joinpath(name).read_text("utf-8") for name in names)
