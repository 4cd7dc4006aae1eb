"""What a client knows of its chat."""

from __future__ import annotations

import re
from typing import Any

import pytest

from labkit.transports.http.chat.client.conversation import Conversation
from labkit.transports.http.chat.client.failed_request import Failed
from labkit.transports.http.chat.cursor import Cursor

A, B, C = "aaaaaaaa", "bbbbbbbb", "cccccccc"


class Told(list[Any]):
    """What a conversation told, and the conversation."""

    def __init__(self) -> None:
        super().__init__()
        self.of = Conversation(self.append, self.append)


@pytest.fixture
async def told() -> Told:
    """Begin a conversation."""
    return Told()


async def test_a_client_has_an_id_of_its_own(told: Told) -> None:
    """16 random hexadecimal digits; each request says it, and the cursor once there is one."""
    assert re.fullmatch("[0-9a-f]{16}", told.of.client) and Told().of.client != told.of.client
    assert told.of.query == {"client": told.of.client}
    told.of.move(f"{A}-7")
    assert told.of.query == {"client": told.of.client, "after": Cursor(A, 7)}


async def test_what_comes_twice_is_heard_once(told: Told) -> None:
    """By its number; an event stream's is not in the message."""
    told.of.take({"id": f"{A}-1", "text": "one"})
    told.of.take({"id": f"{A}-1", "text": "one"})
    told.of.take({"text": "two"}, f"{A}-2")
    told.of.move(f"{A}-5")
    told.of.take({"text": "four"}, f"{A}-4")
    told.of.move(f"{A}-3")
    assert told == ["one", "two"] and told.of.cursor == Cursor(A, 5)


async def test_what_is_private_has_no_number(told: Told) -> None:
    """It is heard as often as it comes."""
    told.of.take({"text": "Welcome!"})
    told.of.take({"text": "Welcome!"})
    assert told == ["Welcome!", "Welcome!"] and told.of.cursor is None


async def test_a_server_that_started_again_counts_from_one(told: Told) -> None:
    """The numbers of another epoch are not compared; a gap is told."""
    told.of.take({"id": f"{A}-7", "text": "old"})
    told.of.lose(None)
    told.of.move(f"{B}-2")
    told.of.take({"id": f"{B}-3", "text": "new"})
    told.of.lose(4)
    assert told == ["old", None, "new", 4]


async def test_servers_that_do_not_know_each_other(told: Told) -> None:
    """A history that comes back at once is a failure; one that is new is that of another start."""
    for epoch in (A, B, C):
        told.of.move(f"{epoch}-7")
    with pytest.raises(Failed, match="reach servers that do not know each other"):
        told.of.move(f"{A}-7")
    assert told.of.cursor == Cursor(A, 7)


@pytest.mark.parametrize(
    "envelope", [{}, {"text": 7}, {"id": "x", "text": "a"}, {"id": 7, "text": "a"}, [], "a", None]
)
async def test_what_is_no_message(told: Told, envelope: Any) -> None:
    """It is a failure of the request, and nothing is heard."""
    with pytest.raises(Failed, match="the server sent no message"):
        told.of.take(envelope)
    assert told == []


@pytest.mark.parametrize("cursor", ["", "7", 7, None])
async def test_what_is_no_cursor(told: Told, cursor: Any) -> None:
    """It is a failure of the request."""
    with pytest.raises(Failed, match="the server sent no cursor"):
        told.of.move(cursor)


@pytest.mark.parametrize("count", ["7", [7], 1.5, True, {}])
async def test_what_is_no_gap(told: Told, count: Any) -> None:
    """It would be shown to people, so it must be a number."""
    with pytest.raises(Failed, match="no number of lost messages"):
        told.of.lose(count)
    told.of.lose(7)
    told.of.lose(None)
    assert told == [7, None]
