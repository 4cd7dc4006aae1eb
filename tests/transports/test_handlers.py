"""Handlers are checked before they are hosted."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Generator
from types import ModuleType
from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.transports.handlers import call_handler, can_take, check_handler, handler_name


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


class Session:
    """A conversation that is awaited."""

    def __init__(self, websocket: object) -> None:
        """Begin."""

    def __await__(self) -> Generator[Any, None, None]:
        """Serve."""
        return good(None).__await__()


class Plain:
    """An object that hands on what a coroutine function gave."""

    def __call__(self, websocket: object) -> Any:
        """Serve."""
        return good(websocket)


def plain(websocket: object) -> Any:
    """Hand on what a coroutine function gave."""
    return good(websocket)


@functools.wraps(more)
def wrapped(websocket: object) -> Any:
    """Take one argument, and look as if it were another number."""
    return more(3, websocket)


@types.coroutine
def old(websocket: object) -> Any:
    """Be a coroutine function of the old style."""
    yield from good(websocket).__await__()


def mute(websocket: Any) -> None:
    """Forget `async`, and return early."""
    if websocket:
        return
    websocket.send("hello")


def yielding(websocket: object) -> Any:
    """Be a plain generator."""
    yield websocket


async def generator(websocket: object) -> Any:
    """Look like a handler, and be none."""
    yield websocket


async def two(websocket: object, path: str) -> None:
    """Want two arguments, as before version 11."""


async def none() -> None:
    """Want no argument."""


HANDLERS = {
    "function": good,
    "object": Room(),
    "method": Room().serve,
    "partial": functools.partial(more, 3),
    "lambda": lambda websocket: more(3, websocket),
    "partial of a lambda": functools.partial(lambda limit, websocket: more(limit, websocket), 3),
    "partial of a partial": functools.partial(functools.partial(more, 3), loud=True),
    "plain wrapper": plain,
    "wrapper that looks different": wrapped,
    "object of plain calls": Plain(),
    "class that is awaited": Session,
    "sometimes nothing": lambda websocket: good(websocket) if websocket else None,
    "coroutine of the old style": old,
    "any arguments": lambda *everything: good(*everything),
}


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS)
async def test_what_the_library_hosts_is_a_handler(handler: Callable[..., Any]) -> None:
    """Whatever can be called with a connection and gives something to await may be hosted."""
    check_handler(handler)
    await call_handler(handler, object())


@pytest.mark.parametrize(
    ("function", "arguments", "is_taken"),
    [(none, (), True), (none, (1,), False), (good, (), False), (dict, (1, 2), True)],
)
def test_what_a_function_can_take(
    function: Callable[..., Any], arguments: tuple[Any, ...], is_taken: bool
) -> None:
    """Its signature decides; a function that has none takes whatever comes."""
    assert can_take(function, *arguments) == is_taken


@pytest.mark.parametrize("what", ["lambda", "partial of a lambda", "plain wrapper", "method"])
async def test_it_is_hosted(lab: ModuleType, what: str) -> None:
    """Clients get in and are served, and nothing is an error."""
    alice = await lab.connect(await lab.serve(HANDLERS[what]), "alice")
    assert await alice.ends() == 1000
    await lab.finish()


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (lambda websocket: None, "async def"),
        (mute, "`mute` is not a coroutine function"),
        (functools.partial(mute), "`mute` is not a coroutine function"),
        (print, "not a coroutine function"),
        (generator, "yield"),
        (yielding, "yield"),
        (generator(None), "without brackets"),
        (Room.serve, r"`serve` is a method.*room\.serve"),
        (functools.partial(Room), "is a class"),
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
    assert handler_name(good) == "good"
    assert handler_name(functools.partial(more, 3)) == "more"
    assert handler_name(Room()) == "Room"
    assert handler_name(functools.partial(functools.partial(more, 3), loud=True)) == "more"
    assert handler_name(lambda websocket: good(websocket)) == "handler"


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (lambda websocket: len("abc"), "`handler` returned 3, and the library awaits"),
        (lambda websocket: generator(websocket), "returned a generator"),
    ],
)
async def test_what_gives_nothing_to_await_is_told(
    lab: ModuleType, handler: Callable[..., Any], words: str
) -> None:
    """It shows at the first connection: 1011 for the client, and a sentence for `lab.errors()`."""
    alice = await lab.connect(await lab.serve(handler), "alice")
    assert await alice.ends() == 1011
    (error,) = lab.errors()
    assert words in error.what
