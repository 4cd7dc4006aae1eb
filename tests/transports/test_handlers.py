"""Handlers are checked before they are hosted."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.transports.handlers import check_handler, name_of


async def good(websocket: object) -> None:
    """Serve."""


async def more(limit: int, websocket: object, loud: bool = False) -> None:
    """Serve with settings."""


class Room:
    """A handler that keeps something."""

    async def __call__(self, websocket: object) -> None:
        """Serve."""

    async def serve(self, websocket: object) -> None:
        """Serve."""


async def generator(websocket: object) -> Any:
    """Look like a handler, and be none."""
    yield websocket


async def two(websocket: object, path: str) -> None:
    """Want two arguments, as before version 11."""


async def none() -> None:
    """Want no argument."""


@pytest.mark.parametrize("handler", [good, Room(), Room().serve, functools.partial(more, 3)])
def test_what_can_be_awaited_with_one_argument_is_a_handler(handler: Callable[..., Any]) -> None:
    """Functions, methods, callable objects and partial functions may be hosted."""
    check_handler(handler)


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (lambda websocket: None, "async def"),
        (print, "not a coroutine function"),
        (generator, "yield"),
        (two, "exactly one argument"),
        (none, "exactly one argument"),
        (more, "exactly one argument"),
        (Room, "is a class"),
        (8765, "cannot be served"),
        (None, "cannot be served"),
    ],
)
def test_anything_else_is_explained(handler: object, words: str) -> None:
    """Each mistake gets a sentence of its own, at once."""
    with pytest.raises(LabError, match=words):
        check_handler(handler)


def test_a_handler_that_was_called_is_explained() -> None:
    """`serve(handler())` is a slip; the coroutine is closed without a warning."""
    with pytest.raises(LabError, match="without brackets"):
        check_handler(good(None))


def test_a_handler_has_a_name() -> None:
    """The name on the bench is the function's, or the class's."""
    assert name_of(good) == "good"
    assert name_of(functools.partial(more, 3)) == "more"
    assert name_of(Room()) == "Room"
