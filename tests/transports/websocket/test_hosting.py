"""What a raw WebSocket server can be made of."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import pytest

from labkit.exceptions import LabError


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (asyncio, "is a module"),
        (lambda: None, "is not a coroutine function"),
        ("a chat", "finished"),
    ],
    ids=["module", "lambda", "name"],
)
async def test_what_cannot_be_served(lab: ModuleType, what: Any, words: str) -> None:
    """Strangers and functions that cannot be handlers are named as what they are."""
    with pytest.raises(LabError, match=words):
        await lab.serve(what)
