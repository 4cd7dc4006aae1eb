"""The learner's names: few, listed, documented, and cheap to import."""

from __future__ import annotations

import subprocess
import sys

import pytest

import labkit
from tests.conftest import ROOT

NAMES = [
    "Client",
    "LabError",
    "Link",
    "Server",
    "close",
    "connect",
    "errors",
    "finish",
    "fresh",
    "ladder",
    "link",
    "serve",
    "show",
]

HEAVY = ("websockets", "socketio", "aiohttp", "ipywidgets", "anywidget", "IPython", "asyncio")


def test_the_public_names_are_these() -> None:
    """A public name comes or goes on purpose only."""
    assert labkit.__all__ == NAMES
    assert dir(labkit) == NAMES


def test_no_public_name_is_a_submodule() -> None:
    """An import of a submodule can never shadow a public name."""
    submodules = {path.stem for path in (ROOT / "labkit").iterdir()}
    assert not submodules & set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_there_and_documented(name: str) -> None:
    """A public name resolves and has a docstring; a function's has an example."""
    thing = getattr(labkit, name)
    assert thing.__doc__
    if name.islower():
        assert ">>>" in thing.__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A misspelt name fails as in any other module."""
    with pytest.raises(AttributeError, match="conect"):
        labkit.conect  # noqa: B018


def test_the_import_is_light() -> None:
    """`import labkit` alone loads none of the libraries."""
    code = f"import sys, labkit; print([name for name in {HEAVY!r} if name in sys.modules])"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT)
    assert loaded.strip() == "[]"
