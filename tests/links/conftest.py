"""Links for the tests of this folder; `tests/windows` has them, too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import ModuleType

import pytest

from labkit.links.connection import LinkConnection
from tests.support.ends import Ends, open_ends


@pytest.fixture
async def ends(lab: ModuleType) -> AsyncIterator[Ends]:
    """Give a link in front of a server that hands its connections to the test."""
    async with open_ends() as ends:
        yield ends


@pytest.fixture
def dial(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Have links dial not before this is set."""
    dials, now = LinkConnection._dial, asyncio.Event()

    async def dial_late(connection: LinkConnection) -> None:
        await now.wait()
        await dials(connection)

    monkeypatch.setattr(LinkConnection, "_dial", dial_late)
    return now
