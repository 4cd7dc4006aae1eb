"""The feature "rooms", on both stacks."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.measure.features.acceptance import accept
from labkit.measure.features.sources import STACKS, Stack, find_source, load_source


@pytest.mark.parametrize("stack", STACKS)
async def test_it_does_what_it_has_to(stack: Stack, lab: ModuleType) -> None:
    """What a client says into a room reaches the others in it, until they leave it."""
    await accept("rooms", load_source(find_source(stack, "rooms")))
