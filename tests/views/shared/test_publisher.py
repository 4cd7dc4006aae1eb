"""Many changes become few updates."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import ipywidgets
import pytest
import traitlets

from labkit.observable import Observable
from labkit.views.shared.publisher import INTERVAL, SLOT, Publisher
from tests.conftest import soon, turn_loop


class Widget(ipywidgets.Widget):  # type: ignore[misc]
    """A widget that notes its updates."""

    state = traitlets.Dict().tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.updates: list[int] = []
        self.repeats = 0

    @traitlets.observe("state")
    def _note(self, change: dict[str, Any]) -> None:
        self.updates.append(change["new"]["count"])

    def send_state(self, key: object = None) -> None:
        self.repeats += key == "state" and bool(self.state)


class Subject:
    """Something that changes, and is followed by a publisher."""

    def __init__(self) -> None:
        self.count = 0
        self.looked: list[float] = []
        self.changes = Observable()
        self.widget = Widget()
        self.publisher = Publisher(self.widget, self.look, self.changes)

    def look(self) -> dict[str, Any]:
        self.looked.append(asyncio.get_running_loop().time())
        return {"count": self.count, "following": self.publisher.following}

    def change(self) -> None:
        self.count += 1
        self.changes.notify()


@pytest.fixture
async def make() -> AsyncIterator[Callable[[], Subject]]:
    """Make subjects; afterwards every widget is closed, and nobody is subscribed."""
    made: list[Subject] = []

    def subject() -> Subject:
        made.append(Subject())
        return made[-1]

    yield subject
    for each in made:
        each.widget.close()
        await soon(lambda each=each: not each.changes._listeners)


async def test_many_changes_at_once_are_one_update(make: Callable[[], Subject]) -> None:
    """Ten thousand changes in one go look at the state once, soon."""
    subject = make()
    for _ in range(10_000):
        subject.change()
    assert subject.looked == []
    await soon(lambda: subject.widget.updates)
    assert len(subject.looked) == 1 and subject.widget.state["count"] == 10_000


async def test_a_change_need_not_wait_for_its_turn(make: Callable[[], Subject]) -> None:
    """Flushed, it is published at once, and only once; without a change nothing is."""
    subject = make()
    subject.publisher.flush()
    assert subject.widget.updates == []
    subject.change()
    subject.publisher.flush()
    assert subject.widget.updates == [1]
    await turn_loop()
    assert subject.publisher._next is None and len(subject.widget.updates) == 1


async def test_a_flood_is_published_twenty_times_a_second(make: Callable[[], Subject]) -> None:
    """Updates keep their distance, and the last state is always published."""
    subject = make()
    end = subject.publisher.loop.time() + 6 * INTERVAL
    while subject.publisher.loop.time() < end:
        subject.change()
        await turn_loop()
    await soon(lambda: subject.widget.state["count"] == subject.count)
    gaps = [later - earlier for earlier, later in itertools.pairwise(subject.looked)]
    assert len(subject.looked) == len(subject.widget.updates) >= 2
    assert min(gaps) >= INTERVAL * 0.9


async def test_many_views_share_the_loop(make: Callable[[], Subject]) -> None:
    """Forty views in a flood take turns: each is updated, none often."""
    subjects = [make() for _ in range(40)]
    loop = asyncio.get_running_loop()
    started = loop.time()
    async with asyncio.timeout(5):
        while loop.time() < started + 0.6 or not all(each.widget.updates for each in subjects):
            for subject in subjects:
                subject.change()
            await turn_loop()
    counts = [len(subject.widget.updates) for subject in subjects]
    assert sum(counts) <= (loop.time() - started) / SLOT + 1


async def test_the_last_state_is_sent_again(
    make: Callable[[], Subject], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An update that was lost is made good, even if nothing happens any more."""
    monkeypatch.setattr("labkit.views.shared.publisher.QUIET", 0.01)
    subject = make()
    before = subject.widget.repeats
    subject.change()
    await soon(lambda: subject.widget.repeats > before)


async def test_close_publishes_the_last_state_and_then_nothing(
    make: Callable[[], Subject],
) -> None:
    """The last state says that it is the last; later changes cost nothing."""
    subject = make()
    subject.change()
    subject.publisher.close()
    subject.publisher.close()
    assert subject.widget.state == {"count": 1, "following": False}
    subject.change()
    await asyncio.sleep(2 * INTERVAL)  # sleeps: nothing is published in this time
    assert len(subject.looked) == 1 and not subject.changes._listeners


async def test_a_widget_that_is_closed_is_followed_no_longer(
    make: Callable[[], Subject],
) -> None:
    """A comm closed by Python, or by the page on another thread, ends the subscriptions."""
    ours, theirs = make(), make()
    ours.widget.close()
    comm = theirs.widget.comm
    page = threading.Thread(target=lambda: comm.handle_close({}))
    page.start()
    page.join()
    await soon(lambda: not (ours.changes._listeners or theirs.changes._listeners))
    assert not (ours.publisher.following or theirs.publisher.following)
