"""The feature "acknowledgement", on both stacks."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.measure.features.acceptance import accept
from labkit.measure.features.sources import STACKS, Stack, find_source, load_source


@pytest.mark.parametrize("stack", STACKS)
async def test_it_does_what_it_has_to(stack: Stack, lab: ModuleType) -> None:
    """Each text gets its own answer, or none within the time limit."""
    await accept("acknowledgement", load_source(find_source(stack, "acknowledgement")))
