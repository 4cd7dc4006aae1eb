"""The chat box, without a browser."""

from __future__ import annotations

import asyncio
import threading
from types import ModuleType
from typing import Any

import pytest

from labkit.transports.contract import Client, Entry
from labkit.views.chat_box import BUDGET, SHOWN, ChatBox, state_of
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
        "labkit.views.chat_box._Widget.send",
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


async def test_a_message_from_another_thread_hops_to_the_loop(
    people: tuple[Client, Client], answers: list[Any]
) -> None:
    """A callback on a subshell's thread acts on the client's own loop."""
    alice, bob = people
    box = ChatBox(alice)
    request = {"kind": "send", "id": 1, "text": "from a thread"}

    def elsewhere() -> None:
        async def with_a_loop() -> None:
            box._arrived(box.widget, request, [])

        asyncio.run(with_a_loop())

    thread = threading.Thread(target=elsewhere)
    thread.start()
    await bob.hears("from a thread")
    thread.join()
    box.close()


async def test_the_plug(people: tuple[Client, Client], answers: list[Any]) -> None:
    """The plug is pulled and put back, and the client connects again, by request."""
    alice, _ = people
    box = ChatBox(alice)
    box.receive({"kind": "plug", "id": 1, "in_place": False})
    assert await alice.ends() == 1006
    assert (state_of(alice)["link"], state_of(alice)["reason"]) == ("cut", "The plug is pulled.")
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


async def test_bad_messages_are_answered_and_cost_nothing(
    people: tuple[Client, Client], answers: list[Any]
) -> None:
    """What is no request is refused; the box goes on."""
    alice, bob = people
    box = ChatBox(alice)
    for content in (None, [], {}, {"kind": "send", "id": 3}, {"kind": "send", "id": "x"}):
        box.receive(content)
    assert [answer["kind"] for answer in answers] == ["refused"] * 5
    assert [answer["id"] for answer in answers] == [None, None, None, 3, None]
    box.receive({"kind": "send", "id": 9, "text": "fine"})
    await bob.hears("fine")
    box.close()


async def test_a_closed_box_says_why(people: tuple[Client, Client], answers: list[Any]) -> None:
    """Sending while closed is refused with the code and the way back."""
    alice, _ = people
    box = ChatBox(alice)
    await alice.close()
    box.receive({"kind": "send", "id": 1, "text": "too late"})
    await soon(lambda: answers)
    assert answers[0]["kind"] == "refused" and "await alice.open()" in answers[0]["why"]
    assert state_of(alice)["reason"].startswith("Closed with 1000")
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
            "why": "This box follows alice no longer: run its cell again for a live one.",
        }
    ]
    state = box.widget.state
    assert not state["following"] and state["reason"] == answers[0]["why"]


async def test_what_a_library_does_not_take_is_refused(
    people: tuple[Client, Client], answers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that is not the lab's own is shown too, with its kind; no task fails unseen."""
    alice, _ = people
    box = ChatBox(alice)

    async def fail(text: object) -> None:
        raise ValueError("not this")

    monkeypatch.setattr(alice, "say", fail)
    box.receive({"kind": "send", "id": 1, "text": "x"})
    await soon(lambda: answers)
    assert answers == [{"kind": "refused", "id": 1, "why": "ValueError: not this"}]
    box.close()


async def test_half_a_character_can_be_shown(people: tuple[Client, Client]) -> None:
    """A transcript with a lone surrogate neither stops the updates nor the twin."""
    alice, _ = people
    box = ChatBox(alice)
    alice._write(Entry("heard", "half \ud83d", 0.0))
    alice.changes.notify()
    await soon(lambda: box.widget.state["entries"][-1]["text"] == "half ?")
    assert "half ?" in box.body
    box.close()


async def test_what_takes_long_is_answered_meanwhile(
    people: tuple[Client, Client], answers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a second the page learns that the kernel is there and at it."""
    alice, _ = people
    box = ChatBox(alice)
    gate = asyncio.Event()

    async def slow(text: object) -> None:
        await gate.wait()

    monkeypatch.setattr(alice, "say", slow)
    box.receive({"kind": "send", "id": 4, "text": "slowly"})
    await soon(lambda: answers)
    assert [(answer["kind"], answer["id"]) for answer in answers] == [("received", 4)]
    gate.set()
    await soon(lambda: len(answers) == 2)
    assert answers[1]["kind"] == "accepted"
    box.close()


async def test_the_reason_holds_the_code_its_meaning_and_what_was_said(
    lab: ModuleType,
) -> None:
    """A closed box tells the close code, what it means, and the other side's words."""

    async def refuse(connection: Any) -> None:
        await connection.close(4001, "no room")

    alice = await lab.connect(await lab.serve(refuse), "alice")
    await alice.ends()
    assert state_of(alice)["reason"] == (
        "Closed with 4001 (the application's own code). The other side says: no room"
    )


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
    state = state_of(bob)
    assert len(state["entries"]) == SHOWN
    assert state["entries"][-1]["text"] == "299"
    assert [e["n"] for e in state["entries"]] == list(range(state["total"] - SHOWN, state["total"]))
    for _ in range(20):
        await alice.say("x" * 100_000)
    await alice.say(bytes(50))
    await bob.hears(21, within=20)
    entries = state_of(bob)["entries"]
    assert sum(len(entry["text"]) for entry in entries) <= BUDGET
    assert entries[-1]["text"].startswith("[50 bytes: 00 00")
    assert entries[-2]["text"].endswith("… [100000 characters]")


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
    await soon(lambda: box.widget.state["total"] == bob.entries)
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
