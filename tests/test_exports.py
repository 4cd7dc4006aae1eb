"""The learner's names: few, listed, documented, and cheap to import."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

import labkit
from tests.conftest import ROOT

NAMES = [
    "Client",
    "LabError",
    "Link",
    "Server",
    "check",
    "close",
    "connect",
    "crowd",
    "errors",
    "explain",
    "finish",
    "fresh",
    "hint",
    "ladder",
    "link",
    "progress",
    "serve",
    "show",
    "solution",
    "verdicts",
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


OF_ANY_CLIENT = {
    "attempt",
    "changes",
    "close",
    "close_code",
    "close_reason",
    "ending",
    "ends",
    "hears",
    "inbox",
    "link",
    "local_ports",
    "name",
    "open",
    "protocol",
    "raw",
    "retry_at",
    "rooms",
    "say",
    "state",
    "transcript",
    "transport",
    "uri",
}

OF_SOCKETIO = {"call", "emit", "on", "refused", "sid", "transports"}


@pytest.mark.parametrize(
    ("protocol", "names", "most"),
    [("websocket", OF_ANY_CLIENT, 22), ("socketio", OF_ANY_CLIENT | OF_SOCKETIO, 28)],
)
async def test_completion_offers_what_a_learner_uses(
    lab: ModuleType, protocol: str, names: set[str], most: int
) -> None:
    """After `alice.` come few names, and none of them is a callback of labkit's."""
    alice = await lab.connect(await lab.serve(protocol), "alice")
    assert {name for name in dir(alice) if not name.startswith("_")} == names
    assert len(names) <= most
