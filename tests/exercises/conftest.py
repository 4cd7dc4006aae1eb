"""A bench for right answers."""

from __future__ import annotations

from types import ModuleType

import pytest


@pytest.fixture
async def patient_lab(lab: ModuleType) -> ModuleType:
    """Give a bench on which a judge waits three times as long before it calls a message missing.

    On a busy machine a right answer may need more than 0.3 s; a wrong one is awaited in vain.
    """
    await lab.fresh(timescale=3)
    return lab
