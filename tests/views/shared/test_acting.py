"""A view at which a person acts, without a browser and without anything to show."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import ipywidgets
import pytest
import traitlets

from labkit.exceptions import LabError
from labkit.observable import Observable
from labkit.transports.origin_policy import Origin, jupyter_pages
from labkit.views.chat.messages import Send
from labkit.views.shared.acting import ActingView
from labkit.views.shared.actions import Actions
from tests.conftest import soon


class Widget(ipywidgets.Widget):  # type: ignore[misc]
    """A widget that notes what its page is told."""

    state = traitlets.Dict().tag(sync=True)

    def __init__(self, state: dict[str, Any]) -> None:
        super().__init__(state=state)
        self.told: list[tuple[str, int | None, str]] = []
        self.results: list[Any] = []

    def send(self, content: dict[str, Any], buffers: object = None) -> None:
        self.told.append((content["kind"], content["id"], content["why"]))
        self.results.append(content.get("result"))


class View(ActingView[Send]):
    """Does what is sent: text by text."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.threads: list[threading.Thread] = []
        self.gate = asyncio.Event()
        super().__init__(Widget, Actions(Send), Observable())

    def _snapshot(self, following: bool) -> dict[str, Any]:
        return {"following": following}

    async def _do(self, action: Send) -> dict[str, str] | None:
        text = action["text"]
        self.threads.append(threading.current_thread())
        if text == "forbidden":
            raise LabError("It is not allowed.")
        if text == "broken":
            raise ValueError("not this")
        if text == "slow":
            await self.gate.wait()
        self.done.append(text)
        return {"found": "it"} if text == "question" else None

    @property
    def _released(self) -> str:
        return "Run the cell again."

    def ask(self, text: str, number: int = 1) -> None:
        self.receive({"kind": "send", "id": number, "text": text})

    @property
    def told(self) -> list[tuple[str, int | None, str]]:
        told: list[tuple[str, int | None, str]] = self.widget.told
        return told


@pytest.fixture
async def view() -> AsyncIterator[View]:
    """Make a view; afterwards no task of it is left."""
    made = View()
    yield made
    made.gate.set()
    made.close()
    await soon(lambda: not made._acting)


async def test_from_where_its_page_is(view: View, jupyter_page: str) -> None:
    """It is noted, also once the view is closed, and needs no answer."""
    for origin in ("https://hub.example", "vscode-webview://abc"):
        view.receive({"kind": "page", "id": 0, "origin": origin})
        view.close()
    assert jupyter_pages == {
        Origin("http", "localhost", 8888),
        Origin("https", "hub.example", 443),
    }
    assert view.widget.told == view.done == []


async def test_what_is_done_is_accepted(view: View) -> None:
    """An action is done and then answered, with its number."""
    view.ask("hello", 7)
    assert view.told == []
    await soon(lambda: view.told)
    assert (view.done, view.told) == (["hello"], [("accepted", 7, "")])


async def test_what_was_asked_for_is_in_the_answer(view: View) -> None:
    """Of an action that has a result; others are answered without one."""
    view.ask("question", 8)
    view.ask("hello", 9)
    await soon(lambda: len(view.told) == 2)
    assert view.widget.results == [{"found": "it"}, None]


async def test_what_cannot_be_done_is_refused(view: View) -> None:
    """The lab's own sentence is told as it is, a library's complaint with its kind."""
    view.ask("forbidden", 1)
    view.ask("broken", 2)
    await soon(lambda: len(view.told) == 2)
    assert view.told == [
        ("refused", 1, "It is not allowed."),
        ("refused", 2, "ValueError: not this"),
    ]


async def test_bad_messages_are_answered_and_cost_nothing(view: View) -> None:
    """What is not an action is refused, with its number if it has one; the view goes on."""
    for content in (None, [], {}, {"kind": "send", "id": 3}, {"kind": "send", "id": "x"}):
        view.receive(content)
    assert [(kind, number) for kind, number, _ in view.told] == [
        ("refused", number) for number in (None, None, None, 3, None)
    ]
    view.ask("fine")
    await soon(lambda: view.done)


async def test_what_takes_long_is_answered_meanwhile(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while the page learns that the kernel is there and at it."""
    monkeypatch.setattr("labkit.views.shared.acting.RECEIVED", 0.01)
    view.ask("slow", 4)
    await soon(lambda: view.told)
    assert view.told == [("received", 4, "")]
    view.gate.set()
    await soon(lambda: len(view.told) == 2)
    assert view.told[1] == ("accepted", 4, "")


async def test_a_message_from_another_thread_hops_to_the_loop(view: View) -> None:
    """A callback on a subshell's thread, with a loop of its own, acts on the view's loop."""

    def elsewhere() -> None:
        async def with_a_loop() -> None:
            view._arrived(view.widget, {"kind": "send", "id": 1, "text": "from a thread"}, [])

        asyncio.run(with_a_loop())

    thread = threading.Thread(target=elsewhere)
    thread.start()
    await soon(lambda: view.done)
    thread.join()
    assert view.threads == [threading.current_thread()]


async def test_a_closed_view_does_nothing(view: View) -> None:
    """Its last state says that it is the last; what is asked is refused with what to do."""
    view.close()
    view.ask("too late")
    assert view.told == [("refused", 1, "Run the cell again.")]
    assert view.widget.state == {"following": False}
