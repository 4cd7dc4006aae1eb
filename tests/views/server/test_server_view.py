"""The view of a server, without a browser."""

import time
from types import ModuleType
from typing import Any

import pytest

from labkit.loop.monitor import Block
from labkit.transports.contract import Connection, LogEntry, Membership
from labkit.views.server.server_view import MAX_CONNECTIONS_SHOWN, PLACES, SHOWN, ServerView, _told
from tests.conftest import soon
from tests.support.servers import names_of


async def test_who_and_what_is_shown(lab: ModuleType) -> None:
    """Connections, counts, events, errors and blocked times are in the state."""
    server = await lab.serve("websocket")
    view = ServerView(server, lambda: ["ValueError: x"], lambda: [1.234])
    alice = await lab.connect(server, "alice")
    await alice.say("hello")
    await soon(lambda: view.widget.state["counts"].get("message"))
    state = view.widget.state
    assert (state["name"], state["running"], state["connected"]) == ("websocket", True, 1)
    assert state["connections"][0]["name"] == "alice" and state["connections"][0]["received"] == 1
    assert [event["text"] for event in state["events"]] == [
        "alice connected",
        "alice sent text, 5 characters",
    ]
    assert (state["errors"], state["blocked"]) == (["ValueError: x"], [1.2])
    view.close()


async def test_only_its_own_errors_and_blocks_are_shown(lab: ModuleType) -> None:
    """Not those of another server, of a task, or of a time before it was made."""

    async def failing(websocket: Any) -> None:
        raise ValueError("no")

    from labkit import bench

    monitor = bench.current().monitor
    monitor.blocked.append(Block(time.time() - 1, 7.0))
    server, other = await lab.serve(failing), await lab.serve("websocket")
    monitor.blocked.append(Block(time.time() + 1, 8.0))
    monitor.background_errors.add(OSError("a task's"), "task `mine`")
    await (await lab.connect(server, "alice")).ends()
    own, others = (view.widget.state for view in lab.show(server, other).views)
    assert [error.partition(" (")[0] for error in own["errors"]] == ["ValueError: no"]
    assert others["errors"] == []
    assert own["blocked"] == others["blocked"] == [8.0]
    assert len(lab.errors()) == 2


async def test_the_state_is_bounded(lab: ModuleType) -> None:
    """Many events and many people are cut to the newest and the first."""
    server = await lab.serve("websocket")
    for number in range(500):
        server.log("refused", "a request", f"403: {number}")
    server.connections.extend([_connection(number) for number in range(MAX_CONNECTIONS_SHOWN + 7)])
    view = ServerView(server, list, list)
    state = view.widget.state
    assert len(state["events"]) == SHOWN and state["counts"]["refused"] == 500
    assert len(state["connections"]) == MAX_CONNECTIONS_SHOWN
    assert state["connected"] == MAX_CONNECTIONS_SHOWN + 7
    server.connections.clear()
    view.close()


async def test_the_twins(lab: ModuleType) -> None:
    """The twins name who is there and what happened, escaped, without times and ports."""
    server = await lab.serve("websocket", name="<chat>")
    view = ServerView(server, lambda: ["a < b"], lambda: [9.9])
    assert view.line == "server <chat>: running, 0 connected"
    assert view.body == "<b>connected:</b> nobody<br>\n<b>background error:</b> a &lt; b"
    alice = await lab.connect(server, "alice")
    await alice.close()
    await soon(lambda: not server.connections)
    await server.stop()
    assert view.heading == "server &lt;chat&gt; ○ stopped"
    assert "alice left: 1000 (normal closure" in view.body
    assert str(server.port) not in view.body and "9.9" not in view.body
    view.close()
    assert view._publisher.changed not in server.changes._listeners


async def test_ports_and_durations_stay_out_of_the_twin(lab: ModuleType) -> None:
    """What differs from run to run is hidden in the twin, and told in the live view."""
    server = await lab.serve("websocket")
    server.log("refused", "a request", "403: a page of 'http://evil.example:40123' may not")
    view = ServerView(server, lambda: ["LoopBlocked: blocked\nfor 10.2 s"], list)
    assert "403: a page of &#x27;http://evil.example:…&#x27; may not" in view.body
    assert "LoopBlocked: blocked␊for … s" in view.body
    assert "40123" in view.widget.state["events"][0]["text"]
    view.close()


def _connection(number: int) -> Connection:
    return Connection(number, f"guest {number}", 0.0, None)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Collect what views tell their front ends."""
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "labkit.views.server.server_view._Widget.send",
        lambda self, content, buffers=None: told.append(content),
    )
    return told


def _move(number: int, room: str, into: bool, **other: Any) -> dict[str, Any]:
    asked = {
        "kind": "move",
        "id": number,
        "connection": 1,
        "namespace": "/",
        "room": room,
        "into": into,
    }
    return asked | other


async def test_a_guest_is_put_into_a_room_and_taken_out(
    lab: ModuleType, answers: list[Any]
) -> None:
    """Each request is done, answered, and seen in the state, with the namespace it is about."""
    server = await lab.serve("socketio")
    await lab.connect(server, "alice", namespaces=["/", "/lounge"])
    view = ServerView(server, list, list)
    for request, rooms in (
        (_move(1, "blue", True), [["blue"], []]),
        (_move(2, "red", True, namespace="/lounge"), [["blue"], ["red"]]),
        (_move(3, "blue", False), [[], ["red"]]),
    ):
        view.receive(request)
        await soon(lambda rooms=rooms: _rooms(view) == rooms)
    await soon(lambda: len(answers) == 3)
    assert answers == [{"kind": "accepted", "id": number, "why": ""} for number in (1, 2, 3)]
    told = [event["text"] for event in view.widget.state["events"]]
    assert told[-3:] == [
        "alice joined room blue",
        "alice joined room red of /lounge",
        "alice left room blue",
    ]
    view.close()


def _rooms(view: ServerView) -> list[list[str]]:
    return [place["rooms"] for place in view.widget.state["connections"][0]["places"]]


async def test_what_cannot_be_done_is_refused_with_a_sentence(
    lab: ModuleType, answers: list[Any]
) -> None:
    """A room without a name, a namespace that was not joined, a guest who has gone, a stranger."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice")
    view = ServerView(server, list, list)
    view.receive(_move(1, "", True))
    view.receive(_move(2, "blue", True, namespace="/kitchen"))
    await soon(lambda: len(answers) == 2)
    await alice.close()
    await soon(lambda: not server.connections)
    view.receive(_move(3, "blue", True))
    view.receive({"kind": "disconnect", "id": 4, "connection": 1})
    view.receive({"kind": "shout", "id": 5})
    await soon(lambda: len(answers) == 5)
    why = {answer["id"]: answer["why"] for answer in answers if answer["kind"] == "refused"}
    assert why == {
        1: "A room needs a name.",
        2: "alice is not in the namespace '/kitchen'.",
        3: "This connection to 'socketio' has ended.",
        4: "This connection to 'socketio' has ended.",
        5: "There is no such kind of action.",
    }
    view.close()


@pytest.mark.parametrize("transport", ["websocket", "socketio"])
async def test_a_guest_is_disconnected(lab: ModuleType, answers: list[Any], transport: str) -> None:
    """The one who was named leaves, and does not come back; the others stay."""
    server = await lab.serve(transport)
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    view = ServerView(server, list, list)
    view.receive({"kind": "disconnect", "id": 1, "connection": server.connections[0].number})
    await alice.ends()
    await soon(lambda: answers and len(view.widget.state["connections"]) == 1)
    assert answers == [{"kind": "accepted", "id": 1, "why": ""}]
    assert (alice.state, bob.state, names_of(server)) == ("closed", "open", ["bob"])
    (event,) = [event for event in server.log_entries if event.kind == "closed"]
    assert event.text.count("the server ended it") == (transport == "websocket")
    view.close()


async def test_raw_websocket_has_no_rooms(lab: ModuleType, answers: list[Any]) -> None:
    """A view of a server without rooms says so, whatever a page asks for."""
    server = await lab.serve("websocket")
    await lab.connect(server, "alice")
    view = ServerView(server, list, list)
    assert not view.widget.state["hasRooms"]
    assert view.widget.state["connections"][0]["transport"] == "websocket"
    view.receive(_move(1, "blue", True))
    await soon(lambda: answers)
    assert answers[0]["why"] == "'websocket' has no rooms: websocket does not have them."
    view.close()


async def test_a_view_that_was_left_behind_refuses(lab: ModuleType, answers: list[Any]) -> None:
    """A view that follows its server no longer disconnects nobody, and says what to do."""
    server = await lab.serve("websocket")
    await lab.connect(server, "alice")
    view = ServerView(server, list, list)
    view.close()
    view.receive({"kind": "disconnect", "id": 1, "connection": 1})
    assert answers[0]["why"] == (
        "This box no longer follows 'websocket': run its cell again for a live one."
    )
    assert names_of(server) == ["alice"]


async def test_an_upgrade_is_seen(lab: ModuleType) -> None:
    """The row of a guest changes from polling to websocket when its transport does."""
    server = await lab.serve("socketio")
    view = ServerView(server, list, list)
    seen: list[str] = []
    view.widget.observe(
        lambda change: seen.extend(guest["transport"] for guest in change["new"]["connections"]),
        "state",
    )
    await lab.connect(server, "bob", transports=["polling"])
    await soon(lambda: seen)
    assert seen[-1] == "polling"
    server.raw.eio.sockets[server.connections[0].raw].upgraded = True
    await soon(lambda: seen[-1] == "websocket")
    server.raw.eio.sockets[server.connections[0].raw].upgraded = False
    view.close()


async def test_the_twin_tells_places(lab: ModuleType) -> None:
    """Each guest has a line: transport, namespaces and rooms, escaped; no session id."""
    server = await lab.serve("socketio")
    view = ServerView(server, list, list)
    assert view.body == "<b>connected:</b> nobody"
    await lab.connect(server, "alice", namespaces=["/", "/lounge"])
    await lab.connect(server, "bob", transports=["polling"])
    for room in ("red", "<blue>"):
        await server.move(server.connections[0], "/", room, into=True)
    assert view.body.startswith(
        "<b>connected:</b><br>\n"
        "<b>alice:</b> websocket, / (rooms: &lt;blue&gt;, red), /lounge<br>\n"
        "<b>bob:</b> polling, /<br>\n"
        "alice connected<br>\n"
    )
    assert not any(place.sid in view.body for place in server.connections[0].memberships)
    view.close()


async def test_many_places_and_guests_are_counted(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many namespaces, rooms and guests the first are shown and the others counted."""
    rooms = tuple(f"r{number}" for number in range(PLACES + 3))
    places = tuple(Membership(f"/{n}" * 99, "sid", rooms) for n in range(PLACES + 5))
    monkeypatch.setattr(Connection, "memberships", places)
    server = await lab.serve("socketio")
    server.connections.extend([_connection(number) for number in range(MAX_CONNECTIONS_SHOWN + 2)])
    view = ServerView(server, list, list)
    guest = view.widget.state["connections"][0]
    assert len(guest["places"]) == PLACES and guest["morePlaces"] == 5
    assert guest["places"][0]["rooms"][-1] == "3 more"
    assert guest["places"][0]["shown"].endswith("… [198 characters]")
    assert "<i>and 2 more</i>" in view.body
    server.connections.clear()
    view.close()


async def test_messages_alone_do_not_search_all_rooms(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a flood the places, which are costly to find, are looked at after other events only."""
    looks: list[Connection] = []
    monkeypatch.setattr(
        Connection, "memberships", property(lambda guest: looks.append(guest) or ())
    )
    server = await lab.serve("socketio")
    server.connections.extend([_connection(number) for number in range(3)])
    view = ServerView(server, list, list)
    for _ in range(5):
        server.log("message", "guest 1", "text, 2 characters")
        view._snapshot(following=True)
    assert len(looks) == 3
    server.log("joined", "guest 1", "room blue")
    view._snapshot(following=True)
    assert len(looks) == 6
    server.connections.clear()
    view.close()


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (LogEntry(0, "joined", "alice", "room blue"), "alice joined room blue"),
        (LogEntry(0, "left", "alice", "namespace /lounge"), "alice left namespace /lounge"),
        (
            LogEntry(0, "ignored", "alice", "there is no handler for the event 'x'", times=3),
            "alice was ignored: there is no handler for the event 'x' (3 times)",
        ),
        (LogEntry(0, "closed", "alice", "transport close"), "alice left: transport close"),
    ],
)
def test_events_are_sentences(event: LogEntry, told: str) -> None:
    """What Socket.IO adds is told in words that read well."""
    assert _told(event) == told


async def test_messages_do_not_push_out_all_else(lab: ModuleType) -> None:
    """Among a thousand messages one still sees who was refused; with few, all are shown."""
    server = await lab.serve("websocket")
    view = ServerView(server, list, list)
    server.log("refused", "a request", "403 Forbidden")
    for number in range(1000):
        server.log("message", "alice", f"text, {number} characters")
    shown = [event["kind"] for event in view._snapshot(following=True)["events"]]
    assert shown == ["refused", *["message"] * (SHOWN - 1)]
    for number in range(30):
        server.log("connected", f"guest {number}")
    shown = [event["kind"] for event in view._snapshot(following=True)["events"]]
    assert shown == ["message"] * (SHOWN // 2) + ["connected"] * (SHOWN // 2)
    view.close()
