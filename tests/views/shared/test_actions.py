"""What a page may ask for."""

from typing import Any

import pytest

from labkit.views.chat.messages import Open, Plug, Send
from labkit.views.link.messages import Export
from labkit.views.server.messages import Disconnect, Move
from labkit.views.shared import actions
from labkit.views.shared.actions import MAX_TEXT, Actions, Refused
from tests.support.typedefs import typedefs_of, typedicts_of

CHAT: Actions[Any] = Actions(Send, Plug, Open)
SERVER: Actions[Any] = Actions(Disconnect, Move)
LINK: Actions[Any] = Actions(Export)


def test_actions_are_read() -> None:
    """Each kind with its fields, as it was sent."""
    for action in (
        {"kind": "send", "id": 7, "text": "hi"},
        {"kind": "plug", "id": 8, "in_place": True},
        {"kind": "open", "id": 9},
    ):
        assert CHAT.read(action) == action


@pytest.mark.parametrize("known", [CHAT, SERVER, LINK])
def test_every_view_tells_from_where_its_page_is(known: Actions[Any]) -> None:
    """Whatever it shows."""
    told = {"kind": "page", "id": 0, "origin": "http://localhost:8888"}
    assert known.read(told) == told


def test_a_view_has_its_own_actions() -> None:
    """Those of a server name a connection by its number; a chat box's are none of them."""
    move = {
        "kind": "move",
        "id": 1,
        "connection": 3,
        "namespace": "/",
        "room": "blue",
        "into": True,
    }
    disconnect = {"kind": "disconnect", "id": 2, "connection": 3}
    assert (SERVER.read(move), SERVER.read(disconnect)) == (move, disconnect)
    for bad in (
        {**move, "connection": "3"},
        {**move, "connection": True},
        {**move, "into": 1},
        {**move, "room": None},
        {**move, "room": "half \ud83d"},
        {**move, "namespace": "half \ud83d"},
        {"kind": "move", "id": 1, "connection": 3},
        {"kind": "send", "id": 1, "text": "hi"},
    ):
        with pytest.raises(Refused, match=r"\w"):
            SERVER.read(bad)


def test_the_page_knows_what_it_is_told() -> None:
    """The types of `messages.js` are those of Python."""
    assert typedefs_of("views/shared/messages.js") == typedicts_of(actions)


@pytest.mark.parametrize(
    "content",
    [
        None,
        "send",
        [],
        {},
        {"kind": None},
        {"kind": ["send"]},
        {"kind": "shout", "text": "HI"},
        {"kind": "send"},
        {"kind": "send", "text": "no id"},
        {"kind": "send", "id": 1, "text": "extra", "to": "bob"},
        {"kind": "send", "id": 1, "text": 42},
        {"kind": "send", "id": 1, "text": None},
        {"kind": "send", "id": True, "text": "a truth is not a number"},
        {"kind": "send", "id": 1.5, "text": "nor is a fraction"},
        {"kind": "send", "id": 1, "text": "x" * (MAX_TEXT + 1)},
        {"kind": "send", "id": 1, "text": "é" * (MAX_TEXT // 2 + 1)},
        {"kind": "send", "id": 1, "text": "half \ud83d"},
        {"kind": "plug", "id": 1},
        {"kind": "plug", "in_place": True},
        {"kind": "plug", "id": 1, "in_place": "yes"},
        {"kind": "plug", "id": 1, "in_place": 1},
        {"kind": "open"},
        {"kind": "open", "id": 1, "url": "ws://evil.example"},
        {"kind": "open", "id": 1, 3: 4},
    ],
)
def test_anything_else_is_refused(content: object) -> None:
    """Missing, extra, mistyped and huge fields are refused with a reason."""
    with pytest.raises(Refused, match=r"\w"):
        CHAT.read(content)


@pytest.mark.parametrize(("number", "told"), [(7, 7), (True, None), ("7", None), (None, None)])
def test_a_refusal_carries_the_number_of_its_request(number: object, told: int | None) -> None:
    """The page finds what was refused by its number, if it is one."""
    with pytest.raises(Refused) as refused:
        CHAT.read({"kind": "shout", "id": number})
    assert refused.value.id == told
