"""The files of the features."""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit.measure.features.sources import (
    FEATURES,
    STACKS,
    Feature,
    Stack,
    find_served,
    find_source,
    load_source,
)


def test_each_feature_is_written_on_both_stacks() -> None:
    """And there is no other file."""
    for stack in STACKS:
        files = {path.stem for path in find_source(stack, "rooms").parent.glob("*.py")}
        assert files == {*FEATURES, "__init__"}


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("feature", FEATURES)
def test_each_file_has_the_same_interface(stack: Stack, feature: Feature) -> None:
    """It says in a sentence what the feature is, serves something, and has a client."""
    module = load_source(find_source(stack, feature))
    twin = load_source(find_source("socketio", feature))
    assert module.__doc__ is not None
    assert module.__doc__.splitlines()[0] == (twin.__doc__ or "").splitlines()[0]
    assert find_served(module)
    assert {"connect", "say", "close"} <= set(vars(module.Client))
    assert _public(twin.Client) <= _public(module.Client)


def _public(client: type) -> set[str]:
    return {name for name in vars(client) if not name.startswith("_")}


def test_each_load_begins_anew(tmp_path: Path) -> None:
    """A module's state is its own, and no import finds it."""
    path = tmp_path / "state.py"
    path.write_text("handler = []", "utf-8")
    first = load_source(path)
    first.handler.append(1)
    assert load_source(path).handler == []
