"""Both stacks for the tests of this folder, with a client whose link takes faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest


@dataclass(frozen=True)
class Stack:
    """A protocol, and how its client connects."""

    protocol: str
    options: dict[str, Any] = field(default_factory=dict)

    async def join(self, lab: ModuleType, to: Any, name: str) -> Any:
        """Connect a client that does not come back by itself."""
        return await lab.connect(to, name, **self.options)


STACKS = {
    "websocket": Stack("websocket"),
    "socketio-websocket": Stack("socketio", {"transports": ["websocket"], "reconnection": False}),
    "socketio-polling": Stack("socketio", {"transports": ["polling"], "reconnection": False}),
}


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> Stack:
    """Return each stack in turn."""
    return STACKS[request.param]
