"""The chat box, without a browser."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import pytest

from labkit.backoff import Backoff
from labkit.faults import BlackHole, Latency, RefuseUpgrade
from labkit.transports.contract import Client, Entry
from labkit.views.chat.chat_box import BUDGET, ROOM, ROOMS, SHOWN, ChatBox, chat_snapshot
from tests.conftest import soon


@pytest.fixture
async def people(lab: ModuleType) -> tuple[Client, Client]:
    """Connect alice and bob."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    await alice.hears("Welcome")
    await bob.hears("Welcome")
    return alice, bob


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Collect what boxes tell their front ends."""
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "labkit.views.chat.chat_box._Widget.send",
        lambda self, content, buffers=None: told.append(content),
    )
    return told


async def test_what_is_typed_is_said(people: tuple[Client, Client], answers: list[Any]) -> None:
    """A send request is said, heard by the others, and answered."""
    alice, bob = people
    box = ChatBox(alice)
    box.receive({"kind": "send", "id": 5, "text": "typed"})
    await bob.hears("typed")
    await soon(lambda: answers)
    assert answers == [{"kind": "accepted", "id": 5, "why": ""}]
    box.close()


async def test_the_plug(people: tuple[Client, Client], answers: list[Any]) -> None:
    """The plug is pulled and put back, and the client connects again, by request."""
    alice, _ = people
    box = ChatBox(alice)
    box.receive({"kind": "plug", "id": 1, "in_place": False})
    assert await alice.ends() == 1006
    assert (chat_snapshot(alice)["link"], chat_snapshot(alice)["reason"]) == (
        "cut",
        "The plug is pulled.",
    )
    box.receive({"kind": "open", "id": 2})
    await soon(lambda: answers[-1]["kind"] == "refused")
    assert "link is cut" in answers[-1]["why"]
    box.receive({"kind": "plug", "id": 3, "in_place": True})
    await soon(lambda: alice.link.state == "whole")
    for number in (4, 5):  # a double click
        box.receive({"kind": "open", "id": number})
    await soon(lambda: alice.state == "open" and len(answers) == 5)
    assert [answer["kind"] for answer in answers[-2:]] == ["accepted", "accepted"]
    box.close()


async def test_a_closed_box_says_why(people: tuple[Client, Client], answers: list[Any]) -> None:
    """Sending while closed is refused with the code and the way back."""
    alice, _ = people
    box = ChatBox(alice)
    await alice.close()
    box.receive({"kind": "send", "id": 1, "text": "too late"})
    await soon(lambda: answers)
    assert answers[0]["kind"] == "refused" and "await alice.open()" in answers[0]["why"]
    assert chat_snapshot(alice)["reason"].startswith("Closed with 1000")
    box.close()


async def test_a_box_that_was_left_behind_refuses(
    people: tuple[Client, Client], answers: list[Any]
) -> None:
    """A box that follows its client no longer sends nothing, and says what to do."""
    alice, _ = people
    box = ChatBox(alice)
    box.close()
    box.receive({"kind": "send", "id": 1, "text": "from an old box"})
    assert answers == [
        {
            "kind": "refused",
            "id": 1,
            "why": "This box no longer follows alice: run its cell again for a live one.",
        }
    ]
    state = box.widget.state
    assert not state["following"] and state["reason"] == answers[0]["why"]


async def test_half_a_character_can_be_shown(people: tuple[Client, Client]) -> None:
    """A transcript with a lone surrogate neither stops the updates nor the twin."""
    alice, _ = people
    box = ChatBox(alice)
    alice._write(Entry("heard", "half \ud83d", 0.0))
    alice.changes.notify()
    await soon(lambda: box.widget.state["entries"][-1]["text"] == "half \\ud83d")
    assert "half \\ud83d" in box.body
    box.close()


async def test_the_reason_of_a_close_stands_once(lab: ModuleType) -> None:
    """A closed box tells the code; the log its meaning, and the other side's words."""

    async def refuse(connection: Any) -> None:
        await connection.close(4001, "no room")

    alice = await lab.connect(await lab.serve(refuse), "alice")
    await alice.ends()
    snapshot = chat_snapshot(alice)
    assert snapshot["reason"] == "Closed with 4001."
    told = "closed with 4001 (the application's own code), 'no room'"
    assert snapshot["entries"][-1]["text"] == told


async def test_over_socketio_a_box_tells_what_speaks_and_where(lab: ModuleType) -> None:
    """The badge follows the transport, rooms come and go, and what was acknowledged is marked."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice")
    bob = await lab.connect(server, "bob", transports=["polling"])
    box = ChatBox(alice)
    assert chat_snapshot(bob)["badge"] == "socketio over polling"
    assert chat_snapshot(alice)["badge"] == "socketio over websocket"
    await server.move(server.connections[0], "/", "blue", into=True)
    await soon(lambda: box.widget.state["rooms"] == ["blue"])
    await alice.say("hi")
    await soon(lambda: _send_statuses(box) == ["acknowledged"])
    await server.move(server.connections[0], "/", "blue", into=False)
    await soon(lambda: box.widget.state["rooms"] == [])
    box.close()


async def test_a_chain_s_box_tells_its_way(lab: ModuleType) -> None:
    """The badge has the way, and notes say why the better ones were refused."""
    link = await lab.link(await lab.serve("chain"))
    link.add(RefuseUpgrade(403))
    snapshot = chat_snapshot(await lab.connect(link, "alice"))
    assert snapshot["badge"] == "chain over sse"
    notes = [entry["text"] for entry in snapshot["entries"] if entry["kind"] == "note"]
    assert notes[0].startswith(
        "websocket refused: the upgrade was answered with HTTP 403 Forbidden"
    )
    assert notes[1] == "connected over sse"


async def test_what_is_said_in_a_room_stands_under_its_name(lab: ModuleType) -> None:
    """Said and heard, in the box and in its twin; anything else of that name is an event."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice")
    bob = await lab.connect(server, "bob")
    for person in (alice, bob):
        await person.call("join", "<kitchen>")
    await alice.say("soup?", room="<kitchen>")
    assert await bob.hears("soup") == 'room message("<kitchen>", "soup?")'
    await alice.hears("soup")
    await server.raw.emit("room message", ("<kitchen>", 7))
    await bob.hears("7")
    said = [(e["kind"], e["room"], e["text"]) for e in chat_snapshot(alice)["entries"]]
    assert ("said", "<kitchen>", "soup?") in said and ("heard", "<kitchen>", "soup?") in said
    assert chat_snapshot(bob)["entries"][-1]["text"] == 'room message("<kitchen>", 7)'
    assert "← <i>(room &lt;kitchen&gt;)</i> soup?" in ChatBox(bob).body


@pytest.mark.parametrize(
    ("protocol", "reason", "more"),
    [
        ("websocket", "Closed with 1006.", "; messages in between are lost"),
        (
            "socketio",
            "The connection ended: the connection broke, or ended without a disconnect packet.",
            " over websocket; messages in between are lost",
        ),
        ("longpoll", "The connection ended: the connection broke, or something else answered.", ""),
    ],
)
async def test_while_it_comes_back_a_box_tells_the_attempt(
    lab: ModuleType, answers: list[Any], protocol: str, reason: str, more: str
) -> None:
    """The number and the time of the next attempt are there; a click does not wait for it."""
    slow = Backoff(600, cap=600, jitter="none")
    alice = await lab.connect(await lab.serve(protocol), "alice", reconnect=slow)
    box = ChatBox(alice)
    alice.link.cut()
    await soon(lambda: alice.attempt == 1 and alice.retry_at)
    state = chat_snapshot(alice)
    assert (state["state"]["key"], state["attempt"]) == ("reconnecting", 1)
    assert state["retryAt"] == alice.retry_at
    assert state["reason"] == "The plug is pulled. The client goes on trying to come back."
    alice.link.restore()
    assert chat_snapshot(alice)["reason"] == reason
    for number in (1, 2):  # a double click
        box.receive({"kind": "open", "id": number})
    await soon(lambda: alice.state == "open" and len(answers) == 2)
    assert [answer["kind"] for answer in answers] == ["accepted", "accepted"]
    assert chat_snapshot(alice)["attempt"] == 0
    notes = [entry.text for entry in alice.transcript if entry.kind == "note"]
    assert notes[-1] == f"connected again{more}"
    assert len(notes) == 3
    box.close()


async def test_many_rooms_are_counted(lab: ModuleType) -> None:
    """Of many rooms the first are named, cut to a length, and the others are counted."""
    alice = await lab.connect(await lab.serve("socketio"), "alice")
    alice._on_rooms(("r" * 500, *(f"room {number}" for number in range(20))))
    state = chat_snapshot(alice)
    assert len(state["rooms"]) == ROOMS and state["moreRooms"] == 21 - ROOMS
    assert state["rooms"][0] == f"{'r' * ROOM}… [500 characters]"


def _send_statuses(box: ChatBox) -> list[str]:
    return [entry["sendStatus"] for entry in box.widget.state["entries"] if entry["kind"] == "said"]


async def test_a_thousand_clicks(people: tuple[Client, Client], answers: list[Any]) -> None:
    """A thousand requests at once are all said, in order."""
    alice, bob = people
    box = ChatBox(alice)
    for number in range(1000):
        box.receive({"kind": "send", "id": number, "text": str(number)})
    assert await bob.hears(1000, within=20) == [str(number) for number in range(1000)]
    await soon(lambda: len(answers) == 1000)
    box.close()


async def test_the_state_is_bounded(people: tuple[Client, Client]) -> None:
    """However much was said, an update holds the newest entries within its budget."""
    alice, bob = people
    for number in range(300):
        await alice.say(f"{number}")
    await bob.hears(300, within=20)
    state = chat_snapshot(bob)
    assert len(state["entries"]) == SHOWN
    assert state["entries"][-1]["text"] == "299"
    assert [e["n"] for e in state["entries"]] == list(range(state["total"] - SHOWN, state["total"]))
    for _ in range(20):
        await alice.say("x" * 100_000)
    await alice.say(bytes(1))
    await alice.say(bytes(50))
    await bob.hears(22, within=20)
    entries = chat_snapshot(bob)["entries"]
    assert sum(len(entry["text"]) for entry in entries) <= BUDGET
    assert entries[-1]["text"].startswith("[50 bytes: 00 00")
    assert entries[-2]["text"] == "[1 byte: 00]"
    assert entries[-3]["text"].endswith("… [100000 characters]")


async def test_a_flood_is_few_updates_and_a_full_inbox(people: tuple[Client, Client]) -> None:
    """Thousands of messages make at most 20 updates a second; the inbox has them all."""
    alice, bob = people
    box = ChatBox(bob)
    updates: list[float] = []
    loop = asyncio.get_running_loop()
    box.widget.observe(lambda change: updates.append(loop.time()), "state")
    started = loop.time()
    for number in range(3000):
        await alice.say(str(number))
    await bob.hears(3000, within=30)
    await soon(lambda: box.widget.state["total"] == bob.transcript.total)
    assert len(updates) <= 20 * (loop.time() - started) + 2
    assert len(bob.inbox) == 3001
    box.close()


async def test_a_box_that_is_closed_follows_no_longer(people: tuple[Client, Client]) -> None:
    """`close` lets go of the client and its link."""
    alice, _ = people
    before = len(alice.changes._listeners), len(alice.link.changes._listeners)
    box = ChatBox(alice)
    box.close()
    assert (len(alice.changes._listeners), len(alice.link.changes._listeners)) == before


async def test_what_comes_back_says_so(lab: ModuleType) -> None:
    """On Socket.IO a message to all goes to its sender, too: snapshot and twin tell it apart."""
    alice = await lab.connect(await lab.serve("socketio"), "alice")
    await alice.say("hi")
    await alice.hears("hi")
    assert [each["isEcho"] for each in chat_snapshot(alice)["entries"][-2:]] == [False, True]
    box = ChatBox(alice)
    assert box.body.endswith("<b>alice:</b> hi<br>\n← <i>(came back from the server)</i> hi")
    box.close()


async def test_the_twins(people: tuple[Client, Client]) -> None:
    """The twins hold who, state and words, escaped, and no time."""
    alice, bob = people
    await bob.say("<script>alert('x')</script>")
    await alice.hears("script")
    await alice.say("bye")
    await bob.hears("bye")
    box = ChatBox(alice)
    assert box.line == "alice: open, said 1, heard 2"
    assert box.heading == "alice ● Open"
    assert box.body == (
        "<i>connected</i><br>\n← Welcome! You are the first.<br>\n"
        "← &lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;<br>\n<b>alice:</b> bye"
    )
    box.close()


async def test_what_acts_on_the_link(people: tuple[Client, Client]) -> None:
    """The box names it in a few words, with a countdown; of the plug it shows only that."""
    alice, bob = people
    hole = alice.link.add(BlackHole(), "upstream")
    alice.link.add(Latency(0.01))
    box, other = ChatBox(alice), ChatBox(bob)
    assert [each["summary"] for each in box.widget.state["faults"]] == [
        "black hole",
        "latency: 0.01 s later",
    ]
    assert box.line.endswith(", black hole, latency: 0.01 s later") and "hole" not in other.line
    alice.link.cut()
    hole.remove()
    alice.link.heal(after=60)
    counted = [
        {"summary": "latency: 0.01 s later", "healsIn": 60},
        {"summary": "plug pulled", "healsIn": 60},
    ]
    await soon(lambda: box.widget.state["faults"] == counted)
    alice.link.heal()
    alice.link.cut()
    assert chat_snapshot(alice)["faults"] == [] and chat_snapshot(alice)["link"] == "cut"
    box.close()
    other.close()
