"""What a run is about."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest

from labkit.delivery.subject import is_factory, new_subject, read_store
from labkit.exceptions import LabError
from tests.support.chats import sound_socketio_chat


async def handler(websocket: Any) -> None:
    """Do nothing."""


async def stored() -> list[str]:
    """Return what is stored."""
    return ["a"]


class Chat:
    """A chat whose handler is a method."""

    async def handler(self, websocket: Any) -> None:
        """Do nothing."""


async def parts(subject: Any) -> tuple[Any, Any]:
    """Return the server and the store of a new subject."""
    async with new_subject(subject) as made:
        return made.server, made.stored


async def make_later() -> Any:
    """Return a handler, as a coroutine."""
    return handler


@pytest.mark.parametrize(
    "subject", [handler, lambda: handler, make_later, partial(lambda give: give, handler)]
)
async def test_a_handler_is_given_or_made(subject: Any) -> None:
    """Also by a coroutine function."""
    assert await parts(subject) == (handler, None)


async def test_a_class_is_made_anew_each_time() -> None:
    """And its object's handler is what is served."""
    (first, _), (second, _) = await parts(Chat), await parts(Chat)
    assert first.__func__ is Chat.handler
    assert first.__self__ is not second.__self__


async def test_a_store_is_the_second_of_a_pair() -> None:
    """Or a method of what was made."""
    assert await parts(lambda: (handler, stored)) == (handler, stored)

    class Storing(Chat):
        async def stored(self) -> list[str]:
            return []

    server, its = await parts(Storing)
    assert (server.__name__, its.__name__) == ("handler", "stored")


async def test_what_a_factory_opens_is_closed() -> None:
    """As the end of a `with` block does, also after an error."""
    log = []

    @asynccontextmanager
    async def make() -> AsyncIterator[Any]:
        log.append("open")
        try:
            yield handler
        finally:
            log.append("closed")

    with pytest.raises(ZeroDivisionError):
        async with new_subject(make) as made:
            assert (made.server, log) == (handler, ["open"])
            raise ZeroDivisionError
    assert log == ["open", "closed"]


async def test_a_server_of_socketio_is_served_as_it_is() -> None:
    """It has an attribute `handlers`, and may be made by a factory."""
    sio = sound_socketio_chat()
    assert await parts(sio) == (sio, None)
    assert await parts(lambda: sio) == (sio, None)


def test_a_factory_needs_no_argument() -> None:
    """What takes a connection is a handler; the name of a finished chat is neither."""
    assert not is_factory(handler)
    assert not is_factory("websocket")
    assert not is_factory(sound_socketio_chat())
    assert is_factory(Chat)
    assert not is_factory(dict.fromkeys)


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        (lambda: None, "`<lambda>` returned nothing. It should return a handler"),
        (lambda: (handler,), "should give a handler, or a pair"),
        (lambda: (handler, ["a"]), r"async def stored\(\)"),
    ],
)
async def test_what_cannot_be_judged_is_refused(subject: Callable[[], Any], told: str) -> None:
    """A sentence says what a factory should give."""
    with pytest.raises(LabError, match=told):
        await parts(subject)


async def test_a_store_is_read_in_its_order() -> None:
    """Whatever can be gone through will do."""

    async def pairs() -> Any:
        return ({"text": text} for text in "ba")

    assert await read_store(stored) == ["a"]
    assert await read_store(pairs) == [{"text": "b"}, {"text": "a"}]


async def _text() -> Any:
    return "alice#1"


@pytest.mark.parametrize(
    ("wrong", "told"), [(lambda: ["a"], r"async def stored\(\)"), (_text, "should return a list")]
)
async def test_a_store_that_cannot_be_read_is_refused(wrong: Any, told: str) -> None:
    """A sentence says how to write it."""
    with pytest.raises(LabError, match=told):
        await read_store(wrong)
