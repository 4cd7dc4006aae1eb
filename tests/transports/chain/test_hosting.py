"""Making the chain's server."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exceptions import LabError
from labkit.transports.chain import Server


async def test_the_chat_of_the_name_is_served(lab: ModuleType) -> None:
    """With its options, and no others."""
    server = await lab.serve("chain", history=7, messages_per_second=5)
    assert isinstance(server, Server)
    with pytest.raises(LabError, match="does not know the option ping_interval"):
        await lab.serve("chain", ping_interval=1)
