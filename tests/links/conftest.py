"""Links for the tests of this folder; `tests/windows` has them, too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import ModuleType

import pytest

from tests.support.ends import Ends, open_ends


@pytest.fixture
async def ends(lab: ModuleType) -> AsyncIterator[Ends]:
    """Give a link in front of a server that hands its connections to the test."""
    async with open_ends() as ends:
        yield ends
