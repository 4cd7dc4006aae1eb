"""The view of a link, without a browser."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

import pytest

from labkit import bench
from labkit.faults import BlackHole, Latency
from labkit.links import Link
from labkit.transports.origin_policy import Origin, jupyter_pages
from labkit.views.link import wire_view
from labkit.views.link.wire_view import WINDOW, WireView
from tests.conftest import soon


@pytest.fixture
async def link(lab: ModuleType) -> AsyncIterator[Link]:
    """Give bob's link, on which alice's hello was heard, with its record decoded to the end.

    A view decodes for `STEP` seconds at a time; on a busy machine its first look may see a part.
    """
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    await alice.say("hello <b>")
    await bob.hears("hello")
    bob.link.trace.lens.read()
    yield bob.link


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Collect what is sent to the page: results, and refusals as they are."""
    sent: list[Any] = []
    monkeypatch.setattr(
        wire_view._Widget,
        "send",
        lambda self, content: sent.append(content.get("result", content)),
    )
    return sent


def window(**changes: Any) -> dict[str, Any]:
    """Return an action that gives rows."""
    asked = {"kind": "window", "id": 1, "first": -1, "rows": 50}
    return asked | {
        **{"direction": "", "of": "", "text": "", "heartbeats": False, "opened": 0},
        **changes,
    }


async def test_windows_of_rows(link: Link, answers: list[Any]) -> None:
    """The page gets the rows that it asks for: from the end, from a place, of a filter."""
    view = WireView(link)
    for request in (
        window(),
        window(first=1, rows=2),
        window(first=10**9, rows=2),
        window(rows=10**9),
        window(rows=-5),
        window(of="text", text="HELLO"),
        window(direction="upstream"),
    ):
        view.receive(request)
    await soon(lambda: len(answers) == 7)
    everything = ["opened", "request", "response", "text", "text"]
    assert [[row["kind"] for row in answer["rows"]] for answer in answers] == [
        everything,
        everything[1:3],
        everything[3:],
        everything,
        [],
        ["text"],
        ["request"],
    ]
    assert answers[0]["matching"] == 5 and answers[5]["matching"] == 1
    view.close()


async def test_heartbeats_are_counted_where_they_are_hidden(link: Link, answers: list[Any]) -> None:
    """They are shown on request; whether the open row is among what is shown is told."""
    link.trace.append(1, "downstream", b"\x89\x04abcd")
    link.trace.lens.read()
    view = WireView(link)
    view.receive(window(opened=6))
    view.receive(window(opened=6, heartbeats=True))
    await soon(lambda: len(answers) == 2)
    assert [(each["matching"], each["hidden"], each["hasOpened"]) for each in answers] == [
        (5, 1, False),
        (6, 0, True),
    ]
    view.close()


async def test_times_count_from_the_first_row_ever(link: Link, answers: list[Any]) -> None:
    """Rows that are no longer kept do not move the beginning."""
    view = WireView(link)
    view.receive(window(first=4, rows=1))
    await soon(lambda: answers)
    view._lens._rows.popleft()
    view.receive(window(first=3, rows=1))
    await soon(lambda: len(answers) == 2)
    first, second = (answer["rows"][0] for answer in answers)
    assert first["n"] == second["n"] == 5 and first["at"] == second["at"] > 0
    view.close()


async def test_a_row_and_its_layers(link: Link, answers: list[Any]) -> None:
    """A row's layers come with bytes and meanings; a row that is not there says so."""
    view = WireView(link)
    view.receive({"kind": "row", "id": 1, "number": 5})
    view.receive({"kind": "row", "id": 2, "number": 500})
    view.receive({"kind": "row", "id": 3, "number": -7})
    await soon(lambda: len(answers) == 3)
    first, *others = answers
    assert [layer["name"] for layer in first["layers"]] == ["message", "WebSocket frame"]
    assert first["layers"][1]["fields"][0]["hex"] == "81"
    assert others == [{"number": number, "line": None, "layers": []} for number in (500, -7)]
    json.dumps(answers)
    view.close()


async def test_a_har(link: Link, answers: list[Any]) -> None:
    """The record as a file's text."""
    view = WireView(link)
    view.receive({"kind": "har", "id": 1})
    await soon(lambda: answers)
    assert answers[0]["name"] == "bob.har"
    assert json.loads(answers[0]["text"])["log"]["entries"][0]["_webSocketMessages"]
    view.close()


async def test_a_look_that_fails_is_not_the_last(
    link: Link, lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a mistake in the middle of a look the view follows on."""
    view = WireView(link)
    before = view.widget.state["count"]
    read = view._lens.read

    def fail(seconds: float | None = None) -> None:
        monkeypatch.setattr(view._lens, "read", read)
        raise RuntimeError("a look failed")

    monkeypatch.setattr(view._lens, "read", fail)
    link.trace.append(1, "downstream", b"\x81\x02hi")
    await soon(lambda: view.widget.state["count"] == before + 1)
    assert "a look failed" in str(lab.errors())
    view.close()


async def test_what_was_dropped_is_said(link: Link, answers: list[Any]) -> None:
    """When a flood pushes rows out, counts, twin and file say so, and the file has the rest."""
    view = WireView(link)
    for _ in range(20):
        link.trace.append(1, "downstream", b"\x82\x7f" + (2**20).to_bytes(8, "big") + bytes(2**20))
    view._lens.read()
    link.changes.notify()
    await soon(lambda: view.widget.state["dropped"] == 10)
    assert view.widget.state["count"] == 25
    view.receive(window())
    view.receive({"kind": "har", "id": 2})
    await soon(lambda: len(answers) == 2)
    assert (answers[0]["matching"], answers[0]["rows"][0]["n"]) == (15, 11)
    log = json.loads(answers[1]["text"])["log"]
    assert len(log["entries"][0]["_webSocketMessages"]) == 15 and log["comment"]
    assert view.body.startswith("<i>(10 earlier rows were dropped to save memory)</i>")
    view.close()


@pytest.mark.parametrize(
    "content", [None, {}, {"kind": "send", "id": 1, "text": "x"}, window(first="0"), window(x=1)]
)
async def test_bad_messages_are_refused(link: Link, answers: list[Any], content: Any) -> None:
    """What is not an action of this view gets a reason."""
    view = WireView(link)
    view.receive(content)
    assert [answer["kind"] for answer in answers] == ["refused"] and answers[0]["why"]
    view.close()


async def test_it_follows(link: Link, lab: ModuleType) -> None:
    """What crosses later is counted in the state, also when a flood does; then it stands still."""
    view = WireView(link)
    before = view.widget.state["count"]
    from labkit import bench

    alice = bench.current().clients["alice"]
    for number in range(3000):
        await alice.say(str(number))
    await soon(lambda: view.widget.state["count"] == before + 3000, within=20)
    assert "text" in view.widget.state["kinds"]
    view.close()
    assert not view.widget.state["following"]


async def test_answers_are_bounded(link: Link, answers: list[Any], lab: ModuleType) -> None:
    """However much was said, one answer holds so many rows, each so long."""
    from labkit import bench

    alice, bob = (bench.current().clients[name] for name in ("alice", "bob"))
    for _ in range(500):
        await alice.say("x" * 5000)
    await bob.hears(500, within=20)
    view = WireView(link)
    view._lens.read()
    view.receive(window(rows=10**6))
    await soon(lambda: answers)
    assert len(answers[0]["rows"]) == WINDOW
    assert len(json.dumps(answers[0])) < 200_000
    view.close()


async def test_the_twins(link: Link, lab: ModuleType) -> None:
    """The twins have rows without times, escaped, and no heartbeats, which is said."""
    link.trace.append(1, "downstream", b"\x89\x04abcd")
    view = WireView(link)
    assert view.line == "link bob: whole, 4 rows"
    assert view.heading == "link bob, whole"
    assert view.body.splitlines()[-2:] == [
        "← <b>text</b> 11 B hello &lt;b&gt;<br>",
        "<i>Heartbeats are hidden.</i>",
    ]
    assert "link bob" in lab.show(link).html
    view.close()


async def test_the_twin_of_a_link_on_which_somebody_polls(lab: ModuleType) -> None:
    """Polls that brought nothing are left out as well, which is said."""
    await lab.fresh(timescale=0.1)
    alice = await lab.connect(await lab.serve("poll"), "alice")
    await soon(lambda: len(alice.link.trace.rows(text="nothing new")) > 1)
    view = WireView(alice.link)
    assert view.line == "link alice: whole, 2 rows" and "nothing new" not in view.body
    assert view.body.endswith("<i>Heartbeats and polls that brought nothing are hidden.</i>")
    view.close()


async def test_from_where_its_page_is(link: Link, answers: list[Any], jupyter_page: str) -> None:
    """It is noted, and needs no answer."""
    jupyter_pages.clear()
    WireView(link).receive({"kind": "page", "id": 0, "origin": jupyter_page})
    assert jupyter_pages == {Origin("http", "localhost", 8888)} and answers == []


async def test_a_closed_view_can_be_looked_through(link: Link, answers: list[Any]) -> None:
    """It no longer follows, but the record is still there."""
    view = WireView(link)
    view.close()
    view.receive(window(of="text"))
    await soon(lambda: answers)
    assert not view.widget.state["following"] and answers[0]["matching"] == 2


async def test_what_is_held_is_shown_until_it_has_left(link: Link, answers: list[Any]) -> None:
    """The page is told when a row that it shows has left, and then reads how long that took."""
    view = WireView(link)
    alice = bench.current().clients["alice"]
    link.add(BlackHole(), direction="downstream")
    await alice.say("held")
    await soon(lambda: "held" in repr(link.trace.rows()))
    view.receive(window(text="held", rows=1))
    await soon(lambda: bool(answers))
    assert answers[-1]["rows"][0]["fate"] == "held in the link"
    assert "(held in the link)" in view.body
    leavings = view._snapshot(True)["leavings"]
    link.heal()
    assert view._snapshot(True)["leavings"] > leavings
    answers.clear()
    view.receive(window(text="held", rows=1))
    await soon(lambda: bool(answers))
    assert re.fullmatch(r"left after \d\.\d+ s", answers[-1]["rows"][0]["fate"])


async def test_how_late_a_row_left_is_shown(link: Link, answers: list[Any]) -> None:
    """A line's latency stands behind the row; the static twin, which has no times, is silent."""
    view = WireView(link)
    alice, bob = (bench.current().clients[name] for name in ("alice", "bob"))
    with link.add(Latency(0.03), direction="downstream"):
        await alice.say("tardy")
        await bob.hears("tardy")
    link.trace.lens.read()
    view.receive(window(text="tardy", rows=1))
    await soon(lambda: bool(answers))
    words, seconds, _ = answers[-1]["rows"][0]["fate"].rsplit(" ", 2)
    assert words == "left after" and 0.03 <= float(seconds) < 10
    assert "tardy" in view.body and "left after" not in view.body
