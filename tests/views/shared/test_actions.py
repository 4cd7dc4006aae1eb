"""What a browser may ask for."""

import pytest

from labkit.views.shared.actions import MAX_TEXT, OF_CHAT, OF_SERVER, OF_WIRE, Kinds, Refused, read


def test_requests_are_read() -> None:
    """The three kinds of request, with their fields."""
    assert read({"kind": "send", "id": 7, "text": "hi"}).text == "hi"
    assert read({"kind": "plug", "id": 8, "in_place": True}).in_place
    assert read({"kind": "open", "id": 9}).id == 9


@pytest.mark.parametrize("known", [OF_CHAT, OF_SERVER, OF_WIRE])
def test_every_view_tells_from_where_its_page_is(known: Kinds) -> None:
    """Whatever it shows."""
    told = {"kind": "page", "id": 0, "origin": "http://localhost:8888"}
    assert read(told, known).origin == "http://localhost:8888"


def test_a_server_is_asked_for_other_things() -> None:
    """A guest is named by its number; a view has its own kinds of request and no others."""
    move = {
        "kind": "move",
        "id": 1,
        "connection": 3,
        "namespace": "/",
        "room": "blue",
        "into": True,
    }
    request = read(move, OF_SERVER)
    assert (request.connection, request.namespace, request.room, request.into) == (
        3,
        "/",
        "blue",
        True,
    )
    assert read({"kind": "disconnect", "id": 2, "connection": 3}, OF_SERVER).connection == 3
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
            read(bad, OF_SERVER)


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
        {"kind": "send", "id": True, "text": "a truth is no number"},
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
        read(content)


@pytest.mark.parametrize(("number", "told"), [(7, 7), (True, None), ("7", None), (None, None)])
def test_a_refusal_carries_the_number_of_its_request(number: object, told: int | None) -> None:
    """The page finds what was refused by its number, if it is one."""
    with pytest.raises(Refused) as refused:
        read({"kind": "shout", "id": number})
    assert refused.value.id == told
