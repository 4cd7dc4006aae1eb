"""The feature "reconnection", on both stacks."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.measure.features import acceptance
from labkit.measure.features.acceptance import accept
from labkit.measure.features.sources import STACKS, Stack, find_source, load_source


@pytest.mark.parametrize("stack", STACKS)
async def test_it_does_what_it_has_to(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, lab: ModuleType
) -> None:
    """A client whose line broke comes back after a pause, and says so."""
    monkeypatch.setattr(acceptance, "DELAY", 0.6)
    await accept("reconnection", load_source(find_source(stack, "reconnection")))
